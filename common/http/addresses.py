"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = str(ipaddress.IPv4Address(0))


def client_address(request: HttpRequest) -> str:
    """The visitor's address: the peer's own, or with TRUSTED_PROXIES=n the one that
    the outermost of n proxies wrote down. What a visitor sends is never believed."""
    passed_on = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")
    ]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(passed_on) >= proxies:
        return _valid(passed_on[-proxies])
    return _valid(request.META.get("REMOTE_ADDR", ""))


def neighbourhood(address: str) -> str:
    """What one visitor cannot easily change: the address, or its /64 in IPv6."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _valid(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return UNKNOWN
