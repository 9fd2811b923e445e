"""What cannot be answered just now: the response says when to ask again."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from common.http import rate_limits
from common.http.problems import problem
from common.http.rate_limits import TooManyRequestsError, too_many_requests

RETRY_AFTER = 5
# Nothing of a form with more fields than that is carried over.
MOST_FIELDS = 2_100


class BeingPreparedError(Exception):
    """What it takes to answer is being built."""

    def __init__(self) -> None:
        super().__init__(
            f"The answer takes models that are being built; try again in "
            f"{RETRY_AFTER} s."
        )


class LaterMiddleware:
    """Answers questions for which something is still being built, or which would cost
    more than the client has left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        rate_limits.nobody_pays()
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponseBase | None:
        if isinstance(error, TooManyRequestsError):
            return too_many_requests(request, error)
        if isinstance(error, BeingPreparedError):
            return being_prepared(request, error)
        return None


def being_prepared(request: HttpRequest, error: BeingPreparedError) -> HttpResponse:
    """Return a page that asks again by itself; 503 for programs.

    As with `too_many_requests`, a script that asks while somebody types gets no page.
    """
    if request.path.startswith("/api/"):
        response = problem(503, str(error))
    elif "HX-Request" in request.headers:
        response = HttpResponse(status=204)
    else:
        context = {"fields": _fields(request), "retry_after": RETRY_AFTER}
        response = render(request, "being_prepared.html", context, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    # It is no error of the site, so no log line and no report either.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _fields(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return what a form sent, to send it again; None if a file was among it."""
    if request.FILES:
        return None
    sent = request.POST if request.method == "POST" else request.GET
    fields = [(name, value) for name, values in sent.lists() for value in values]
    fields = [field for field in fields if field[0] != "csrfmiddlewaretoken"]
    return fields if len(fields) <= MOST_FIELDS else None
