"""What compose.yaml and its settings say; `make container-test` really runs them."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.installation import ROOT
from tests.ports import free_port

pytestmark = pytest.mark.any_database
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())[
    "services"
]
OURS = {name: s for name, s in SERVICES.items() if s["image"] == "hypotweet"}
# Left to whoever has a mail server
MAIL = "smtp+tls://user:password@mail.example.org:587"
PROCFILE = dict(
    line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines()
)


@pytest.mark.parametrize("name", OURS)
def test_no_container_can_change_the_program(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    writable = [v for v in service["volumes"] if not v.endswith(":ro")]
    assert writable == ["data:/data"] + ["backups:/backups"] * (name == "nightly")


@pytest.mark.parametrize("name", ["worker", "refresh", "check"])
def test_containers_run_what_the_procfile_runs(name: str) -> None:
    words = shlex.split(PROCFILE[name])
    ours = [word for word in words if "=" not in word]
    command = SERVICES[name]["command"]
    if command[0] == "hypotweet":
        command = ["python", "manage.py", *command[1:]]
    assert command == ours


def test_nothing_but_the_site_has_a_port_and_that_on_this_machine_alone() -> None:
    ports = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "deploy/container", tmp_path / "container")
    for file in (tmp_path / "container").glob("*.env"):
        file.unlink()
    return tmp_path / "container"


def configure(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(folder / "configure"), *arguments], capture_output=True, text=True
    )


def settings(folder: Path) -> dict[str, str]:
    lines = (folder / "site.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("name", ["", "hypotweet.example.org"])
def test_the_settings_for_containers_are_valid_and_secret(
    folder: Path, name: str
) -> None:
    assert configure(folder, *filter(None, [name])).returncode == 0
    found = settings(folder)
    assert len(found["SECRET_KEY"]) == 64
    password = (folder / "database.env").read_text().split("PASSWORD=")[1].split()[0]
    assert f":{password}@database:5432/" in found["DATABASE_URL"]
    assert password != found["SECRET_KEY"]
    assert [f.stat().st_mode & 0o777 for f in folder.glob("*.env")] == [0o600, 0o600]
    # The health check names this host.
    assert "localhost" in found["ALLOWED_HOSTS"].split(",")
    level = ["--deploy", "--fail-level", "WARNING"] if name else []
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", *level],
        cwd=ROOT,
        env=os.environ | {"DEBUG": "off", "EMAIL_URL": MAIL} | found,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


def test_settings_that_exist_are_not_replaced(folder: Path) -> None:
    configure(folder)
    before = settings(folder)
    again = configure(folder, "hypotweet.example.org")
    assert again.returncode == 1
    assert "site.env exists" in again.stderr
    assert settings(folder) == before


def test_two_sites_have_no_secret_in_common(folder: Path) -> None:
    configure(folder)
    first = settings(folder)
    for file in folder.glob("*.env"):
        file.unlink()
    configure(folder)
    assert first["SECRET_KEY"] != settings(folder)["SECRET_KEY"]
    assert first["DATABASE_URL"] != settings(folder)["DATABASE_URL"]


def test_a_site_that_does_not_answer_is_unhealthy() -> None:
    done = subprocess.run(
        [sys.executable, "deploy/container/ask_readyz.py"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(free_port())},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "/readyz" in done.stderr
