"""Refuses what is too large by what it says of itself, before a byte of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tweets.sources.limits import MIB
from tweets.tasks import UPLOAD_LIMITS

# A form around a file takes some room, too.
LARGEST_UPLOAD = UPLOAD_LIMITS.file + MIB
FORM, API = "/admin/tweets/upload/add/", "/api/v1/imports"


class BodyLimitMiddleware:
    """Answers 413, or 411 to a request that does not say how large it is.

    It stands behind the middleware of sessions, since only staff may upload, and before
    anything that reads a form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Transfer-Encoding"):
            return HttpResponse("Say how large it is: Content-Length.", status=411)
        told = request.headers.get("Content-Length", "")
        length = int(told) if told.isdecimal() else 0
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and length > _allowed(request):
            return render(request, "413.html", status=413)
        return self.get_response(request)


def _allowed(request: HttpRequest) -> int:
    """The API looks at the key before it reads a file; the admin reads it first."""
    may_upload = request.path_info == API or (
        request.path_info == FORM and request.user.has_perm("tweets.add_upload")
    )
    return LARGEST_UPLOAD if may_upload else 0
