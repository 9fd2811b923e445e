"""The site as gunicorn serves it, on a free port and a database of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.installation import ROOT, Installation
from tests.patience import PATIENCE
from tests.ports import free_port, wait_until_up

GUNICORN = [str(Path(sys.executable).with_name("gunicorn")), "hypotweet_site.wsgi"]


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[int]:
    """The port of a site over plain http, until the block ends; what it logs is in
    `log` in the folder."""
    port = free_port()
    settings = {"PORT": str(port), "WEB_CONCURRENCY": "1"}
    site = Installation(folder, **settings | environment)
    server = start(site.environment, folder / "log")
    try:
        wait_until_up(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def start(environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Gunicorn as the Procfile starts it."""
    with log.open("w") as file:
        return subprocess.Popen(
            [*GUNICORN, "--config", "hypotweet_site/gunicorn.py"],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=file,
        )
