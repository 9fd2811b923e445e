"""Errors of the X API, with messages that say what to do."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import requests


class XErrorKind(StrEnum):
    """The kind of a failure."""

    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    CREDITS = "credits"
    MONTHLY_CAP = "monthly_cap"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    BAD_REQUEST = "bad_request"
    BAD_ANSWER = "bad_answer"
    MISSING_FIELD = "missing_field"


class XError(Exception):
    """X gave no usable answer; the message says what to do.

    `reset_at` is when X accepts requests again, if it said so. `may_cost` says that X
    may have answered, and charged for it, though the answer is of no use.
    """

    def __init__(
        self,
        message: str,
        kind: XErrorKind,
        reset_at: datetime | None = None,
        *,
        may_cost: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.reset_at = reset_at
        self.may_cost = may_cost


def refuse_bad_response(response: requests.Response, *_: Any, **__: Any) -> None:
    """Raise XError unless the response is a JSON object with a status of 2xx.

    Used as a hook of the session, so that it runs before tweepy, whose own error
    handling fails on unexpected bodies and headers.
    """
    if not 200 <= response.status_code < 300:
        raise _error_of(response)
    if _body(response) is None:
        raise XError(
            "X answered with something that is not JSON. Is there a proxy or a sign-in "
            "page between this machine and the API? Is X_API_BASE_URL right?",
            XErrorKind.BAD_ANSWER,
        )


def _error_of(response: requests.Response) -> XError:
    status = response.status_code
    problem = _problem(_body(response) or {})
    if status == 401:
        return XError(
            "X refused the key (401). Check X_BEARER_TOKEN: take the bearer token of "
            "your project from X's developer console.",
            XErrorKind.UNAUTHORIZED,
        )
    if status == 402:
        return XError(
            "The project's credits at X are used up (402). Buy credits in X's "
            "developer console, then run this again: it continues where it stopped.",
            XErrorKind.CREDITS,
        )
    if status == 403:
        return XError(_forbidden(problem), XErrorKind.FORBIDDEN)
    if status == 429:
        return _too_many(problem, response)
    if status >= 500 or status == 408:
        return XError(
            f"X is not available at the moment ({status}). Try again later.",
            XErrorKind.UNAVAILABLE,
        )
    if 300 <= status < 400:
        return XError(
            "X sent a redirect, which its API never does. Check X_API_BASE_URL.",
            XErrorKind.BAD_ANSWER,
        )
    if status in {400, 404}:
        return XError(
            f"X did not accept the request ({status}){_detail(problem)}",
            XErrorKind.BAD_REQUEST,
        )
    return XError(
        f"X answered with the unexpected status {status}{_detail(problem)}",
        XErrorKind.BAD_ANSWER,
    )


def _forbidden(problem: Mapping[str, Any]) -> str:
    if "client-not-enrolled" in json.dumps(
        [problem.get("type"), problem.get("reason")]
    ):
        return (
            "X forbids it (403): the app is not attached to a project, or the plan is "
            "too low for it. Attach the app to a project and check its plan in X's "
            "developer console."
        )
    return f"X forbids it (403){_detail(problem)}"


def _too_many(problem: Mapping[str, Any], response: requests.Response) -> XError:
    if (
        problem.get("title") == "UsageCapExceeded"
        or str(problem.get("period")).lower() == "monthly"
    ):
        return XError(
            "The project's monthly cap on posts is reached (429). Raise the cap in X's "
            "developer console, or wait until it is reset.",
            XErrorKind.MONTHLY_CAP,
        )
    reset_at = _moment(response.headers.get("x-rate-limit-reset"))
    return XError(
        "X accepts no more requests for now (429). Wait for the next 15-minute window.",
        XErrorKind.RATE_LIMITED,
        reset_at,
    )


def _moment(header: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(header or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _body(response: requests.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _problem(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the description of the problem: the body, or the first of its errors."""
    errors = body.get("errors")
    if "title" not in body and isinstance(errors, list) and errors:
        return errors[0] if isinstance(errors[0], dict) else {}
    return body


def _detail(problem: Mapping[str, Any]) -> str:
    detail = problem.get("detail") or problem.get("message") or problem.get("title")
    return f": {str(detail)[:300]}" if detail else "."
