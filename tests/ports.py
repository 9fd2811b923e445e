"""Ports that are free, and servers that come up on them."""

import socket
import urllib.request

from tests.patience import wait_until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_up(port: int) -> None:
    """Comes back once the site answers. Raises TimeoutError after PATIENCE."""
    wait_until(lambda: _is_up(port))


def _is_up(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
    except OSError:
        return False
    return True
