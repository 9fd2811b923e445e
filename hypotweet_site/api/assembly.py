"""The JSON API: the routers of all apps, and every error as a problem document."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from accounts.api_auth import AccessError
from common.http.later import BeingPreparedError, being_prepared
from common.http.problems import FieldError, ProblemError, problem
from common.http.rate_limits import TooManyRequestsError
from hypotweet_site.api.openapi import DescribedAPI
from hypotweet_site.api.page import ApiPage
from prediction.api.predictions import router as predictions
from prediction.api.similar import router as similar
from prediction.api.verifications import router as verifications
from tweets.api.manage import router as users

api = DescribedAPI(
    title="HypoTweet",
    version="1",
    description="Which of these people would have tweeted this?",
    urls_namespace="api",
    docs=ApiPage(),
    docs_url="/docs",
    openapi_url="/openapi.json",
)
api.add_router("", predictions)
api.add_router("", verifications)
api.add_router("", similar)
api.add_router("", users)


@api.exception_handler(ProblemError)
def on_problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problem(error.status, error.detail, error.errors)


@api.exception_handler(AccessError)
def on_no_access(request: HttpRequest, error: AccessError) -> HttpResponse:
    response = problem(error.status, error.detail)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(TooManyRequestsError)
def on_too_many(request: HttpRequest, error: TooManyRequestsError) -> HttpResponse:
    response = problem(429, str(error))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


@api.exception_handler(BeingPreparedError)
def on_being_prepared(request: HttpRequest, error: BeingPreparedError) -> HttpResponse:
    return being_prepared(request, error)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [FieldError(_field(found["loc"]), found["msg"]) for found in error.errors]
    first = errors[0]
    return problem(422, f"{first.field}: {first.reason}", errors)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404)


def _field(location: Any) -> str:
    """Name a field: `users.0` for ("body", "question", "users", "list[str]", 0)."""
    named = [
        str(part) for part in location if not str(part).startswith(("list[", "lit"))
    ]
    return ".".join(named[2:] or named[-1:])
