"""The site with its demo users, served by itself on a free port."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import machines
from tests.ports import free_port, wait_until_up

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "hypotweet_site.settings"
# One process: starting takes longer than most of the work.
MAKE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_demo")
call_command("build_signatures", all=True)
"""
# In a folder whose database is on a server: its URL.
NAMED = "database.url"
# The first one is the same without its own windows: half the work.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)


def find_chromium() -> str | None:
    """The browser that CHROMIUM names, or the first on the PATH."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def served_demo(folder: Path) -> Iterator[str]:
    """Address of a site whose database lies in the folder, until the block ends."""
    make_demo(folder)
    with served(folder, DEBUG="on") as address:
        yield address


def make_demo(folder: Path) -> None:
    """Puts a database with the demo users and their signatures into the folder."""
    new_database(folder)
    run_in(folder, MAKE)


def new_database(folder: Path) -> None:
    """Begins an empty database for the folder."""
    if machines.SERVER:
        (folder / NAMED).write_text(machines.new_database())


def copy_of(demo: Path, folder: Path) -> Path:
    """Returns the folder, now with a copy of the demo's database."""
    shutil.copytree(demo, folder, dirs_exist_ok=True)
    if machines.SERVER:
        (folder / NAMED).write_text(machines.new_database((demo / NAMED).read_text()))
    return folder


def database_of(folder: Path) -> str:
    """The URL of a folder's database."""
    named = folder / NAMED
    if named.exists():
        return named.read_text()
    return f"sqlite:///{folder / 'demo.sqlite3'}"


def run_in(folder: Path, code: str, **environment: str) -> None:
    """Runs code in the shell of the site whose database lies in the folder."""
    subprocess.run(
        [sys.executable, "-m", "django", "shell", "-v0", "-c", code],
        cwd=ROOT,
        env=environment_of(folder) | {"DJANGO_SETTINGS_MODULE": SETTINGS} | environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[str]:
    """Address of a site on the database in the folder, until the block ends."""
    if machines.SERVER:
        settings = {"DJANGO_SETTINGS_MODULE": SETTINGS, "HTTPS_ONLY": "off"}
        told = environment_of(folder) | settings | environment
        with machines.served_by_two(folder, told) as address:
            yield address
        return
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"],
        cwd=ROOT,
        env=environment_of(folder) | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_up(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def environment_of(folder: Path) -> dict[str, str]:
    """What a site on the database in the folder is told."""
    return os.environ | {
        "DATABASE_URL": database_of(folder),
        "SECRET_KEY": "for the demo site only",
        "ALLOWED_HOSTS": "127.0.0.1",
        "RATE_LIMIT_ANON": "100000/m",
        "LOG_LEVEL": "ERROR",
    }
