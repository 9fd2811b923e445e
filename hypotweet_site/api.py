"""The JSON API as a whole: the apps' parts, and errors in one shape."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from prediction.api import router as predictions
from tweets.api import router as users
from tweets.problems import ProblemError

api = NinjaAPI(
    title="HypoTweet",
    version="1",
    description="Which of these people would have tweeted this?",
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
)
api.add_router("", predictions)
api.add_router("", users)


def problem(
    status: int, detail: str, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """A problem document (RFC 9457)."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors or [],
    }
    return JsonResponse(
        document, status=status, content_type="application/problem+json"
    )


@api.exception_handler(ProblemError)
def on_problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problem(error.status, error.detail, [vars(found) for found in error.errors])


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": _field(found["loc"]), "reason": found["msg"]}
        for found in error.errors
    ]
    first = errors[0]
    return problem(422, f"{first['field']}: {first['reason']}", errors)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "There is nothing at this address.")


def _field(location: Any) -> str:
    """`users.0` for ("body", "question", "users", "list[str]", 0)."""
    named = [
        str(part) for part in location if not str(part).startswith(("list[", "lit"))
    ]
    return ".".join(named[2:] or named[-1:])
