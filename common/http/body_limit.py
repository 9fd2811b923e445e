"""Rejects a request whose declared length is over the limit, without reading it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# For the other fields of the form that sends a file.
FORM_OVERHEAD = 2**20


class BodyLimitMiddleware:
    """Responds 413 to a body that is too large, and 411 to one of unknown length.

    Runs after the middleware of accounts, since only staff may send large files, and
    before anything that reads a form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Transfer-Encoding"):
            return HttpResponse(
                "Send the size of the request in Content-Length.", status=411
            )
        declared = request.headers.get("Content-Length", "")
        length = int(declared) if declared.isdecimal() else 0
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and length > _allowed(request):
            return render(request, "413.html", status=413)
        return self.get_response(request)


def _allowed(request: HttpRequest) -> int:
    """Return how many bytes this client may send to this address.

    settings.UPLOAD_PATHS maps the address of each upload to the permission that it
    needs, or to None where the view checks before it reads the body.
    """
    path = request.path_info
    if path not in settings.UPLOAD_PATHS:
        return 0
    permission = settings.UPLOAD_PATHS[path]
    if permission and not request.user.has_perm(permission):
        return 0
    return int(settings.MAX_UPLOAD_BYTES) + FORM_OVERHEAD
