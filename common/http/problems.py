"""Problem documents (RFC 9457): how everything below /api/ says no."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

MEDIA_TYPE = "application/problem+json"
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    411: "Say how large the request is, in Content-Length.",
    413: "The request is too large.",
    500: "Something went wrong here; it is logged.",
    503: "The database does not answer just now; try again in a few seconds.",
}


def problem(
    status: int, detail: str = "", errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """A problem document with an HTTP status."""
    title = HTTPStatus(status).phrase
    document = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or DETAILS.get(status, title),
        "errors": errors or [],
    }
    return JsonResponse(document, status=status, content_type=MEDIA_TYPE)


class ProblemsMiddleware:
    """Gives the same shape to what Django itself refuses: unknown addresses, methods
    and requests that are too large or cannot be read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/") or response.status_code < 400:
            return response
        is_debug_page = settings.DEBUG and response.status_code == 500
        if response.headers.get("Content-Type") == MEDIA_TYPE or is_debug_page:
            return response
        told = problem(response.status_code)
        for name in KEPT_HEADERS:
            if name in response.headers:
                told.headers[name] = response.headers[name]
        return told
