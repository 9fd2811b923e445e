"""Request ids by django-guid: in each response, and in every log line about it.

django-guid accepts either UUIDs alone or any text at all, so ids in the wrong form are
removed before it reads them.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django_guid import get_guid

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")
META_KEY = "HTTP_X_REQUEST_ID"


class RequestIdMiddleware:
    """Keeps the well-formed id of a proxy, and removes any other.

    Runs before django-guid's middleware, which then makes an id of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not WELL_FORMED.fullmatch(request.META.get(META_KEY, "")):
            request.META.pop(META_KEY, None)
        return self.get_response(request)


def current_request_id() -> str:
    """Return the id of the request that this thread serves, or `-` outside of one."""
    return get_guid() or "-"
