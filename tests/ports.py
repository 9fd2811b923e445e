"""Ports that are free, and servers that come up on them."""

import socket
import time
import urllib.request

from tests.patience import PATIENCE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_up(port: int) -> None:
    """Comes back once the site answers. Raises OSError after PATIENCE."""
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        else:
            return
