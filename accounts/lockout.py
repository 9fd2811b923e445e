"""The answer to sign-ins after too many wrong passwords."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None
) -> HttpResponse:
    """Return the page that replaces a sign-in; django-axes calls this."""
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    page = render(
        request, "registration/locked_out.html", {"minutes": wait // 60}, status=429
    )
    page.headers["Retry-After"] = str(wait)
    return page
