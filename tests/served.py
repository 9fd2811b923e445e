"""The site as gunicorn serves it, on a free port and a database of its own."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.demo_site import free_port
from tests.installation import ROOT, Installation

GUNICORN = [str(Path(sys.executable).with_name("gunicorn")), "hypotweet_site.wsgi"]


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[int]:
    """The port of a site over plain http, until the block ends; what it logs is in
    `log` in the folder."""
    port = free_port()
    settings = {"PORT": str(port), "WEB_CONCURRENCY": "1"}
    site = Installation(folder, **settings | environment)
    server = start(site, folder / "log")
    try:
        wait_until_up(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def start(site: Installation, log: Path) -> "subprocess.Popen[bytes]":
    """Gunicorn for an installation, as the Procfile starts it."""
    with log.open("w") as file:
        return subprocess.Popen(
            [*GUNICORN, "--config", "hypotweet_site/gunicorn.py"],
            cwd=ROOT,
            env=site.environment,
            stdout=file,
            stderr=file,
        )


def wait_until_up(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server never answered")
