"""Problem documents (RFC 9457): the one shape of errors below /api/."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

MEDIA_TYPE = "application/problem+json"
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not accept that method.",
    411: "Send the size of the request in Content-Length.",
    413: "The request is too large.",
    500: "Something went wrong on this site; it has been logged.",
    503: "The database does not answer; try again in a few seconds.",
}


@dataclass(frozen=True)
class FieldError:
    """One field of a request and why it was rejected."""

    field: str
    reason: str


class ProblemError(Exception):
    """Ends an API request with a problem document."""

    def __init__(
        self, status: int, detail: str, errors: list[FieldError] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or []


def problem(
    status: int, detail: str = "", errors: list[FieldError] | None = None
) -> HttpResponse:
    """Return a problem document with an HTTP status."""
    title = HTTPStatus(status).phrase
    document = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or DETAILS.get(status, title),
        "errors": [vars(error) for error in errors or []],
    }
    return JsonResponse(document, status=status, content_type=MEDIA_TYPE)


class ProblemsMiddleware:
    """Turns error responses of Django itself into problem documents: unknown addresses,
    wrong methods, and requests that are too large or malformed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/") or response.status_code < 400:
            return response
        is_debug_page = settings.DEBUG and response.status_code == 500
        if response.headers.get("Content-Type") == MEDIA_TYPE or is_debug_page:
            return response
        document = problem(response.status_code)
        for name in KEPT_HEADERS:
            if name in response.headers:
                document.headers[name] = response.headers[name]
        return document
