"""The address of the client that sent a request."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

# 192.0.2.1:1234, [2001:db8::1] and [2001:db8::1]:1234, as some proxies write.
WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")
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


def network_address(request: HttpRequest) -> str:
    """Return the first address of the client's network, where an address is needed."""
    return client_network(request).partition("/")[0]


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


def _valid(written: str) -> str:
    """Read an address, with or without a port; IPv4 within IPv6 is IPv4."""
    found = WITH_PORT.fullmatch(written)
    try:
        address = ipaddress.ip_address(found[1] or found[2] if found else written)
    except ValueError:
        return UNKNOWN
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
