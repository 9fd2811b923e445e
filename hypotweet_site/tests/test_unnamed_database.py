"""Without DATABASE_URL, a checkout has a file of its own, and a public site none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.any_database, pytest.mark.processes]
# What manage.py does on a machine whose site has its settings in the file `machine`.
MANAGE = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from hypotweet_site import environment
environment.MACHINE_FILE = Path({machine!r})
os.environ["DJANGO_SETTINGS_MODULE"] = "hypotweet_site.settings"
from django.core.management import execute_from_command_line
from django.conf import settings
settings.DATABASES.get("default", {{}}).update(NAME={database!r})
execute_from_command_line(sys.argv)
"""


class Machine:
    """A checkout on a machine where a site is deployed, or is not."""

    def __init__(self, folder: Path, is_deployed: bool) -> None:
        self.folder, self.file = folder, folder / "hypotweet.env"
        self.database = folder / "db.sqlite3"
        if is_deployed:
            self.file.touch()

    def manage(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        code = MANAGE.format(
            root=str(ROOT), machine=str(self.file), database=str(self.database)
        )
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=self.folder,
            env=os.environ | {"SECRET_KEY": "x" * 50, "DATABASE_URL": ""} | more,
            capture_output=True,
            text=True,
        )


@pytest.mark.parametrize("command", ["migrate", "load_demo", "createsuperuser"])
def test_a_deployed_machine_gets_no_empty_database_beside_its_own(
    tmp_path: Path, command: str
) -> None:
    machine = Machine(tmp_path, is_deployed=True)
    done = machine.manage(command)
    assert done.returncode
    assert not machine.database.exists()


def test_it_is_told_to_use_the_wrapper(tmp_path: Path) -> None:
    machine = Machine(tmp_path, is_deployed=True)
    assert "Run `hypotweet COMMAND`" in machine.manage("migrate").stderr
    doctor = machine.manage("doctor")
    assert doctor.returncode == 1
    assert "PROBLEM  database: Which one is not known." in doctor.stdout
    assert "hypotweet doctor" in doctor.stdout


@pytest.mark.parametrize("command", [["help"], ["collectstatic", "--dry-run", "-v0"]])
def test_what_needs_no_database_works_there(tmp_path: Path, command: list[str]) -> None:
    done = Machine(tmp_path, is_deployed=True).manage(*command, "--no-color")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("debug", ["on", "off"])
def test_elsewhere_a_checkout_works_on_its_file(tmp_path: Path, debug: str) -> None:
    machine = Machine(tmp_path, is_deployed=False)
    done = machine.manage("migrate", "-v0", DEBUG=debug)
    assert done.returncode == 0, done.stderr
    assert machine.database.exists()


def gunicorn(**more: str) -> subprocess.CompletedProcess[str]:
    command = ["gunicorn", "hypotweet_site.wsgi", "--check-config"]
    own = {"SECRET_KEY": "x" * 50, "DEBUG": "off", "DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | own | more,
        capture_output=True,
        text=True,
    )


def test_a_public_site_does_not_start_on_a_file_that_nobody_named() -> None:
    done = gunicorn()
    assert done.returncode
    assert "DATABASE_URL is not set" in done.stderr + done.stdout


@pytest.mark.parametrize(
    "variables",
    [
        {"DATABASE_URL": "sqlite:////nowhere/named.sqlite3"},
        {"HTTPS_ONLY": "off"},
        {"DEBUG": "on"},
    ],
)
def test_it_starts_on_a_named_one_and_where_nobody_else_comes(
    variables: dict[str, str],
) -> None:
    assert gunicorn(**variables).returncode == 0


def test_check_deploy_says_it() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "x" * 50, "DATABASE_URL": "", "DEBUG": "off"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "hypotweet.E014" in done.stderr
