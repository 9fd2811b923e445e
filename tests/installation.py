"""A whole installation for a test: its own database, and commands as processes."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.db import connection

from tests.environment import FOLDER
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
MIGRATE = ("migrate", "--verbosity=0")
DEMO = (("load_demo",), ("build_signatures",))

Commands = tuple[tuple[str, ...], ...]


class Installation:
    """Runs manage.py as processes, on a migrated database of the kind under test.

    `after` are commands that have run on that database. They run once; each
    installation that asks for the same ones starts from a copy.
    """

    def __init__(
        self, folder: Path, *, after: Commands = (), **environment: str
    ) -> None:
        self.environment = os.environ | {"SECRET_KEY": "of a test"} | environment
        if "DATABASE_URL" not in environment:
            self.environment["DATABASE_URL"] = _copy_of_prepared(folder, after)
            return
        self.call(MIGRATE, *after)

    @classmethod
    def on(cls, url: str, **environment: str) -> Self:
        """Returns an installation on a database that is there, as it is."""
        site = cls.__new__(cls)
        site.environment = os.environ | {"SECRET_KEY": "of a test"} | environment
        site.environment["DATABASE_URL"] = url
        return site

    @classmethod
    def empty(cls, folder: Path, **environment: str) -> Self:
        """Returns an installation whose database has no tables yet."""
        return cls.on(_empty_database(folder), **environment)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command and returns at once."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            preexec_fn=hear_hangups,  # noqa: PLW1509 - it takes no lock
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, expect: int | None = 0) -> str:
        """Runs a command to its end and returns what it printed."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        assert expect is None or process.returncode == expect, err
        return out

    def kill_when(self, moment: Callable[[float], bool], *arguments: str) -> bool:
        """Starts a command and kills it once `moment` is true of the seconds elapsed;
        returns False if it had already ended."""
        process = self.start(*arguments)
        started = time.monotonic()
        while process.poll() is None and not moment(time.monotonic() - started):
            time.sleep(0.02)
        ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return not ended

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Executes a statement without a process, and returns the rows it finds."""
        url = self.environment["DATABASE_URL"]
        if url.startswith("sqlite"):
            path = url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, timeout=PATIENCE)) as database, database:
                return database.execute(statement).fetchall()
        with psycopg.connect(url) as server:
            cursor = server.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def rows(self, table: str) -> int:
        """Counts the rows of a table."""
        ((count,),) = self.sql(f"SELECT count(*) FROM {table}")  # noqa: S608 - ours
        return int(count)

    def call(self, *commands: tuple[str, ...]) -> None:
        """Runs commands one after the other, all in one process."""
        calls = "".join(f"call_command(*{command!r})\n" for command in commands)
        self.python(f"from django.core.management import call_command\n{calls}")

    def copy(self, folder: Path, **environment: str) -> "Installation":
        """Returns an installation on a copy of this one's database, which nobody may
        be using."""
        url = _copy_of(self.environment["DATABASE_URL"], folder)
        return Installation.on(url, **environment)

    def python(self, code: str) -> str:
        """Runs code in `manage.py shell` and returns what it printed."""
        return self.run("shell", "--verbosity=0", "-c", code)


def hear_hangups() -> None:
    """Have a new process end on SIGHUP, which children of `nohup` ignore."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _empty_database(folder: Path) -> str:
    if connection.vendor == "postgresql":
        return _new_postgresql_database("template1")
    return f"sqlite:///{folder / 'empty.sqlite3'}"


def _copy_of_prepared(folder: Path, after: Commands) -> str:
    """Copies a prepared database, since preparing one takes seconds."""
    return _copy_of(_prepared(after), folder)


@lru_cache
def _prepared(after: Commands) -> str:
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    url = _empty_database(folder)
    Installation(folder, after=after, DATABASE_URL=url)
    return url


def _copy_of(url: str, folder: Path) -> str:
    if url.startswith("sqlite"):
        shutil.copy(url.removeprefix("sqlite:///"), folder / "own.sqlite3")
        return f"sqlite:///{folder / 'own.sqlite3'}"
    return _new_postgresql_database(urlsplit(url).path.removeprefix("/"))


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
