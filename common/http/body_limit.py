"""Refuses what is too large by what it says of itself, before a byte of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# A form around a file takes some room, too.
ROOM_AROUND_A_FILE = 2**20


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
    """What settings.UPLOAD_PATHS allows: for each address that takes files, the
    permission to check before the body is read, or None where the view checks first.
    """
    path = request.path_info
    if path not in settings.UPLOAD_PATHS:
        return 0
    permission = settings.UPLOAD_PATHS[path]
    if permission and not request.user.has_perm(permission):
        return 0
    return int(settings.MAX_UPLOAD_BYTES) + ROOM_AROUND_A_FILE
