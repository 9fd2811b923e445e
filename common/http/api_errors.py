"""Errors of the JSON API, all in one shape (RFC 9457, problem details)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a request."""

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
