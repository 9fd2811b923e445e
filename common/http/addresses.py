"""The address of the client that sent a request."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = str(ipaddress.IPv4Address(0))


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the peer's, or with TRUSTED_PROXIES=n the one that
    the outermost of n proxies recorded. Entries that clients add are ignored."""
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")
    ]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(forwarded) >= proxies:
        return _valid(forwarded[-proxies])
    return _valid(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str:
    """Return the network of the client's address; limits apply to networks."""
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """Return an IPv4 address itself, or the /64 of an IPv6 address, within which one
    client can change addresses freely."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _valid(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return UNKNOWN
