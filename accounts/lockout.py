"""What somebody meets who tried too many passwords."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None
) -> HttpResponse:
    """The page instead of an answer to a sign-in that was not even looked at."""
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    page = render(
        request, "registration/locked_out.html", {"minutes": wait // 60}, status=429
    )
    page.headers["Retry-After"] = str(wait)
    return page
