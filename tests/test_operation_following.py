"""Following X by units and by processes of a platform: off until a token is set."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.installation import ROOT, hear_hangups
from tests.patience import PATIENCE

UNITS = ["hypotweet-refresh", "hypotweet-check"]
PROCESSES = dict(
    line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines()
)


def words(unit: str, setting: str) -> list[str]:
    """A command line of a unit, as systemd reads it."""
    text = (ROOT / f"deploy/systemd/{unit}.service").read_text()
    line = re.search(rf"^{setting}=(.*)$", text, re.MULTILINE)[1]
    return [word.replace("$$", "$").replace("%%", "%") for word in shlex.split(line)]


def environment(token: str | None) -> dict[str, str]:
    """This one, with a token or without."""
    ours = {key: value for key, value in os.environ.items() if key != "X_BEARER_TOKEN"}
    return ours if token is None else ours | {"X_BEARER_TOKEN": token}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("token", "code"), [(None, 1), ("", 1), ("AAAA%3D", 0)])
def test_a_timer_does_nothing_without_a_token_and_says_so(
    unit: str, token: str | None, code: int
) -> None:
    """systemd skips a run whose condition exits with 1; from 255 on, the unit fails."""
    done = subprocess.run(
        words(unit, "ExecCondition"),
        env=environment(token),
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    assert ("X_BEARER_TOKEN is not set" in done.stdout) == bool(code)


@pytest.mark.parametrize("unit", UNITS)
def test_no_command_line_shows_the_token(unit: str) -> None:
    text = (ROOT / f"deploy/systemd/{unit}.service").read_text()
    assert not re.search(r"(?<!\$)\$\{?X_BEARER_TOKEN", text)


@pytest.mark.parametrize("unit", UNITS)
def test_every_service_has_its_timer(unit: str) -> None:
    timer = (ROOT / f"deploy/systemd/{unit}.timer").read_text()
    assert "OnCalendar=" in timer
    assert "WantedBy=timers.target" in timer


@pytest.mark.parametrize("process", ["refresh", "check"])
@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_process_without_a_token_waits_to_be_stopped(
    process: str, ends: signal.Signals
) -> None:
    started = subprocess.Popen(
        shlex.split(PROCESSES[process]),
        preexec_fn=hear_hangups,  # noqa: PLW1509 - it takes no lock
        cwd=ROOT,
        env=environment(None),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "X_BEARER_TOKEN is not set" in started.stderr.readline()
    assert started.poll() is None
    napping = children(started.pid)
    started.send_signal(ends)
    assert started.wait(timeout=PATIENCE) == 0
    while any(map(is_alive, napping)):
        time.sleep(0.05)


def test_a_killed_process_leaves_nothing_for_long() -> None:
    """What it leaves behind ends within a minute."""
    started = subprocess.Popen(
        shlex.split(PROCESSES["refresh"]),
        cwd=ROOT,
        env=environment(None),
        stderr=subprocess.PIPE,
        text=True,
    )
    started.stderr.readline()
    # A child is the shell itself until it has become the nap.
    while not (words := list(map(command, children(started.pid)))) or (
        words[0][0] != "sleep"
    ):
        time.sleep(0.05)
    left = children(started.pid)
    started.kill()
    started.wait()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert [int(of_nap[1]) <= 60 for of_nap in words] == [True]


def command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("process", ["refresh", "check"])
def test_a_process_with_a_token_is_refresh_tweets(process: str, tmp_path: Path) -> None:
    """The first python on the PATH says what it was asked to do."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    mine = environment("AAAA") | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = shlex.split(PROCESSES[process])
    said = subprocess.run(
        command, cwd=ROOT, env=mine, capture_output=True, text=True
    ).stdout.split()
    assert said == ["manage.py", "refresh_tweets", *command[1:]]
    asked = ["manage.py", "refresh_tweets", "--help"]
    known = subprocess.run(
        [sys.executable, *asked],
        cwd=ROOT,
        env=environment(None) | {"SECRET_KEY": "x"},
        capture_output=True,
        text=True,
    ).stdout
    assert [word for word in command if word[:2] == "--" and word not in known] == []
