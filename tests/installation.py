"""A whole installation for a test: a database of its own, commands as processes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


class Installation:
    """Runs manage.py in processes of its own, on a fresh database of the kind that the
    tests run on."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.environment = os.environ | {"SECRET_KEY": "of a test"} | environment
        if "DATABASE_URL" in environment:
            self.run("migrate", "--verbosity=0")
        else:
            self.environment["DATABASE_URL"] = _copy_of_migrated(folder)

    @classmethod
    def empty(cls, folder: Path, **environment: str) -> Self:
        """Returns an installation whose database has no tables yet."""
        site = cls.__new__(cls)
        site.environment = os.environ | {"SECRET_KEY": "of a test"} | environment
        site.environment["DATABASE_URL"] = _empty_database(folder)
        return site

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command and returns at once."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, expect: int | None = 0) -> str:
        """Runs a command to its end; returns what it printed."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert expect is None or process.returncode == expect, err
        return out

    def kill_after(self, seconds: float, *arguments: str) -> bool:
        """Starts a command and kills it; False if it had ended before."""
        return self.kill_when(lambda waited: waited > seconds, *arguments)

    def kill_when(self, moment: Callable[[float], bool], *arguments: str) -> bool:
        """Starts a command and kills it once `moment` is true of the seconds that have
        gone by; False if it had ended before."""
        process = self.start(*arguments)
        started = time.monotonic()
        while process.poll() is None and not moment(time.monotonic() - started):
            time.sleep(0.005)
        ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return not ended

    def python(self, code: str) -> str:
        """Runs some lines in `manage.py shell`; returns what they printed."""
        return self.run("shell", "--verbosity=0", "-c", code)


def _empty_database(folder: Path) -> str:
    if connection.vendor == "postgresql":
        return _new_postgresql_database("template1")
    return f"sqlite:///{folder / 'empty.sqlite3'}"


def _copy_of_migrated(folder: Path) -> str:
    """A migrated database of its own: copied, since migrating takes seconds."""
    if connection.vendor == "postgresql":
        return _new_postgresql_database(_migrated_postgresql())
    shutil.copy(_migrated_sqlite(), folder / "own.sqlite3")
    return f"sqlite:///{folder / 'own.sqlite3'}"


@lru_cache(maxsize=1)
def _migrated_sqlite() -> Path:
    path = Path(tempfile.mkdtemp(prefix="hypotweet-test-")) / "migrated.sqlite3"
    Installation(path.parent, DATABASE_URL=f"sqlite:///{path}")
    return path


@lru_cache(maxsize=1)
def _migrated_postgresql() -> str:
    url = _new_postgresql_database("template1")
    Installation(Path(), DATABASE_URL=url)
    return urlsplit(url).path.removeprefix("/")


def _new_postgresql_database(template: str) -> str:
    settings = connection.settings_dict
    name = f"own_{uuid4().hex}"
    host = settings["OPTIONS"].get("host") or settings["HOST"]
    parts = {
        "host": host,
        "port": settings["PORT"] or None,
        "user": settings["USER"],
        "password": settings["PASSWORD"] or None,
    }
    given = {key: value for key, value in parts.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    secret = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ":"
    if host and host.startswith("/"):
        return f"postgresql://{settings['USER']}{secret}@/{name}?host={host}"
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{settings['USER']}{secret}@{host}{port}/{name}"
