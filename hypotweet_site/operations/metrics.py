"""The page /metrics for Prometheus, where METRICS is set. See `counters`."""

import hmac
import ipaddress
import socket
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse


class MetricsMiddleware:
    """Counts and times requests by view and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS:
            raise MiddlewareNotUsed
        # Imported late, here and below: needs the extra `metrics`.
        from hypotweet_site.operations import counters

        self.get_response = get_response
        self.count = counters.count_request

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name if match else "") or "none"
        self.count(view, response.status_code, time.perf_counter() - started)
        return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Respond to clients that METRICS allows. Raises Http404 for all others."""
    if not _may_read(request):
        raise Http404
    from hypotweet_site.operations import counters

    return HttpResponse(counters.exposition(), content_type=counters.CONTENT_TYPE)


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS == "loopback":
        return _is_loopback(request)
    expected = f"Bearer {settings.METRICS}".encode()
    given = request.headers.get("Authorization", "").encode()
    return bool(settings.METRICS) and hmac.compare_digest(given, expected)


def _is_loopback(request: HttpRequest) -> bool:
    """Whether the client is on this machine and is not a proxy.

    On a unix socket, where proxies connect too, it must also ask for localhost.
    """
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    connection = request.META.get("gunicorn.socket")
    if connection is not None and connection.family == socket.AF_UNIX:
        return request.get_host() == "localhost"
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
