"""Commands as shells call them: help, wrong words, and output that nobody takes."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.installation import ROOT, Installation

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FULL = Path("/dev/full")
OURS = sorted(path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py"))


def call(site: Installation, words: str) -> "subprocess.CompletedProcess[str]":
    """Runs a shell's line, in which $MANAGE is manage.py."""
    environment = site.environment | {"MANAGE": f"{sys.executable} manage.py"}
    shell = ["sh", "-c", words]
    return subprocess.run(
        shell, cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_every_command_has_examples(tmp_path: Path) -> None:
    assert {*OURS} <= {*get_commands()}
    site = Installation(tmp_path)
    without = f"""
from django.core.management import get_commands, load_command_class
for name in {OURS}:
    command = load_command_class(get_commands()[name], name)
    if "example" not in command.create_parser("manage.py", name).format_help():
        print(name)
"""
    assert site.python(without) == ""


def test_closed_output_is_no_error(tmp_path: Path) -> None:
    done = call(Installation(tmp_path), "$MANAGE doctor --json >&-")
    assert "Traceback" not in done.stderr
    assert done.returncode == (1 if "found a problem" in done.stderr else 0)


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    done = call(Installation(tmp_path), f"$MANAGE doctor --json > {FULL}")
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: Could not write: No space left")
    assert len(done.stderr.splitlines()) == 1
