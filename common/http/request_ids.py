"""A name for every request: in the answer, in every line logged on the way."""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")

current: ContextVar[str] = ContextVar("request_id", default="-")


@receiver(request_finished)
def forget(**kwargs: Any) -> None:
    """Django logs refusals when all middleware is through: only now it is over."""
    current.set("-")


class RequestIdMiddleware:
    """Keeps the name that a proxy gave the request, or makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if WELL_FORMED.fullmatch(given) else secrets.token_hex(8)
        current.set(name)
        response = self.get_response(request)
        response.headers[HEADER] = name
        return response
