"""Everything over https, apart from visitors who sit at the machine itself.

On http://localhost nobody can listen on the way, browsers take it for a safe place, and
whoever tries the site out there has no certificate.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.security import SecurityMiddleware

# The last is the name by which Django's test client asks.
AT_THE_MACHINE = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def is_local(request: HttpRequest) -> bool:
    """Asked for by a name that only leads to the machine it is asked from."""
    host: str = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return name.lower() in AT_THE_MACHINE


class HttpsMiddleware(SecurityMiddleware):
    """Django's own, which redirects nobody who is local."""

    def process_request(
        self, request: HttpRequest
    ) -> HttpResponsePermanentRedirect | None:
        try:
            return None if is_local(request) else super().process_request(request)
        except DisallowedHost:
            return None  # refused further in, so that the refusal gets its headers


class SecureCookiesMiddleware:
    """Marks every cookie as secure that can be sent back over https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        can_return = settings.HTTPS_ONLY and not is_local(request)
        for cookie in response.cookies.values():
            cookie["secure"] = request.is_secure() or can_return
        return response
