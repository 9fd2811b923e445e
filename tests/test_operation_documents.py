"""What the documents for operators name is really there."""

import re

import pytest
from django.core.management import get_commands, load_command_class

from tests.installation import ROOT

SETTINGS = ROOT / "hypotweet_site/settings.py"
GUNICORN = ROOT / "hypotweet_site/gunicorn.py"


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_promise_about_security_names_a_test_that_exists() -> None:
    document = text("docs/security.md")
    rows = [line for line in document.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`([\w/]+/tests?/?[\w/]*(?:\.py)?|tests/[\w/]+\.py)`", row)
        assert named, row
        assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_setting_is_explained() -> None:
    read = re.findall(r'ENVIRONMENT\.(?!complain)\w+\(\s*"(\w+)"', SETTINGS.read_text())
    assert len(read) > 20
    example = text(".env.example")
    assert [name for name in read if f"{name}=" not in example] == []


@pytest.mark.parametrize("document", ["docs/deploy.md", "deploy/hypotweet.env"])
def test_documents_name_settings_that_exist(document: str) -> None:
    known = SETTINGS.read_text() + GUNICORN.read_text() + text("manage.py")
    known += text("accounts/management/commands/create_staff.py")
    named = set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", text(document)))
    assert [name for name in sorted(named) if f'"{name}"' not in known] == []


def test_units_and_addresses_fit_together() -> None:
    """nginx, the socket and the site speak of the same."""
    nginx = text("deploy/nginx/hypotweet.conf")
    socket = text("deploy/systemd/hypotweet.socket")
    listens = re.search(r"ListenStream=(\S+)", socket)[1]
    assert f"server unix:{listens} " in nginx
    for unit in re.findall(r"systemctl enable --now (.*)", text("docs/deploy.md")):
        for name in unit.split():
            path = name if "." in name else f"{name}.service"
            assert (ROOT / "deploy/systemd" / path).is_file()


@pytest.mark.parametrize("unit", ["hypotweet", "hypotweet-worker"])
def test_only_the_main_process_is_asked_to_stop(unit: str) -> None:
    """It stops its children, once; a second signal would end their work."""
    assert "\nKillMode=mixed\n" in text(f"deploy/systemd/{unit}.service")


@pytest.mark.parametrize("document", ["docs/deploy.md", "docs/operating.md"])
def test_commands_of_the_documents_exist_with_their_options(document: str) -> None:
    """`make deploy-test` carries them out; this only looks whether they are there."""
    calls = re.findall(r"^ *hypotweet (\w+)(.*)$", text(document), re.MULTILINE)
    assert calls
    for name, rest in calls:
        command = load_command_class(get_commands()[name], name)
        known = command.create_parser("manage.py", name).format_help()
        options = re.findall(r" (--[\w-]+)", rest.partition("#")[0])
        assert [option for option in options if option not in known] == []


@pytest.mark.parametrize("document", ["docs/deploy.md", "docs/operating.md"])
def test_operators_are_not_told_to_run_manage_py_by_itself(document: str) -> None:
    """In a new shell it would not know the settings."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text(document), re.DOTALL | re.MULTILINE)
    assert [block for block in blocks if "manage.py" in block] == []
