"""Redirects to https, except for requests to the local machine.

Traffic to http://localhost never leaves the machine, browsers treat it as secure, and a
trial installation there has no certificate.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.security import SecurityMiddleware

# The last is the host name of Django's test client.
LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def is_local(request: HttpRequest) -> bool:
    """Whether the request names a host that is always the client's own machine."""
    host: str = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return name.lower() in LOCAL_NAMES


class HttpsMiddleware(SecurityMiddleware):
    """Django's SecurityMiddleware without redirects for local requests."""

    def process_request(
        self, request: HttpRequest
    ) -> HttpResponsePermanentRedirect | None:
        try:
            return None if is_local(request) else super().process_request(request)
        except DisallowedHost:
            return None  # rejected by later middleware, which adds headers


class SecureCookiesMiddleware:
    """Marks each cookie as secure where the client can send it back over https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        returns_by_https = settings.HTTPS_ONLY and not is_local(request)
        for cookie in response.cookies.values():
            cookie["secure"] = request.is_secure() or returns_by_https
        return response
