"""`hypotweet` is manage.py as the site's user, in the site's environment."""

import getpass
import importlib.machinery
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.installation import ROOT

SCRIPT = ROOT / "deploy/hypotweet"
IS_ROOT = os.geteuid() == 0
# Says how it was called instead of doing it, and ends as it is told.
STANDIN = """
import json, os, sys
said = {"arguments": sys.argv[1:], "environment": dict(os.environ), "uid": os.getuid(),
        "groups": os.getgroups(), "folder": os.getcwd(), "umask": os.umask(0),
        "terminal": sys.stdout.isatty(),
        "input": "" if sys.stdin.isatty() else sys.stdin.read()}
print(json.dumps(said))
sys.exit(int(os.environ.get("CODE", 0)))
"""


def load() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("wrapper", str(SCRIPT))
    spec = importlib.util.spec_from_loader("wrapper", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


settings_of = load().settings_of

# What systemd 252 makes of each; tests/machine asks a running one.
FILE = r"""
# A comment \
with a second line
; another
export X=1
PLAIN=one  two
SPACES =  around
EMPTY=
QUOTED="HypoTweet <noreply at example.org>"
SINGLE='a $HOME \n "b"'
DOUBLE="a \$HOME \"b\" \x \\"
JOINED="one"'two' three"four"
URL=postgres://u:p#1;2%40h/d?a=b=c
ESCAPED=a\ b\\c
TWO=one \
two
TWICE=1
TWICE=2
BLANK=a\ @@
1ST=no
a line without a meaning
LAST="not closed
""".replace("@", " ")
SETTINGS = {
    "PLAIN": "one  two",
    "SPACES": "around",
    "EMPTY": "",
    "QUOTED": "HypoTweet <noreply at example.org>",
    "SINGLE": 'a $HOME \\n "b"',
    "DOUBLE": 'a $HOME "b" \\x \\',
    "JOINED": 'onetwothree"four"',
    "URL": "postgres://u:p#1;2%40h/d?a=b=c",
    "ESCAPED": "a b\\c",
    "TWO": "one two",
    "TWICE": "2",
    "BLANK": "a ",
    "LAST": "not closed\n",
}


def test_settings_are_read_as_systemd_reads_them() -> None:
    assert settings_of(FILE) == SETTINGS


@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]*", fullmatch=True), st.text()))
def test_quoted_values_come_back_as_they_are(settings: dict[str, str]) -> None:
    escaped = {
        name: re.sub(r'(["\\`$])', r"\\\1", value) for name, value in settings.items()
    }
    lines = [f'{name}="{value}"\n' for name, value in escaped.items()]
    assert settings_of("".join(lines)) == settings


@given(st.text(alphabet="A=b \t\n\r\"'\\#;$é\0"))
def test_any_file_can_be_read(text: str) -> None:
    assert all(name.isidentifier() for name in settings_of(text))


def test_the_example_of_the_settings_can_be_read() -> None:
    found = settings_of((ROOT / "deploy/hypotweet.env").read_text())
    assert found["EMAIL_FROM"] == "HypoTweet <noreply@hypotweet.example.org>"


class Machine:
    """The wrapper with another user and other paths, and a site that says what it is
    asked."""

    def __init__(self, folder: Path) -> None:
        self.user = "nobody" if IS_ROOT else getpass.getuser()
        self.site, self.settings = folder / "site", folder / "site.env"
        (self.site / ".venv/bin").mkdir(parents=True)
        (self.site / ".venv/bin/python").symlink_to("/usr/bin/python3")
        (self.site / "manage.py").write_text(STANDIN)
        self.settings.write_text(FILE)
        self.settings.chmod(0o600)
        script = SCRIPT.read_text()
        for ours, here in {
            'USER = "hypotweet"': f"USER = {self.user!r}",
            'Path("/srv/hypotweet")': f"Path({str(self.site)!r})",
            'Path("/etc/hypotweet.env")': f"Path({str(self.settings)!r})",
        }.items():
            assert ours in script
            script = script.replace(ours, here)
        self.script = folder / "hypotweet"
        self.script.write_text(script)
        self.script.chmod(0o755)

    def run(
        self, *arguments: str, cwd: Path | str = "/", **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.script, *arguments],
            cwd=cwd,
            input=more.pop("input", ""),
            env=os.environ | more,
            capture_output=True,
            text=True,
        )

    def says(self, *arguments: str, **more: str) -> dict[str, object]:
        return dict(json.loads(self.run(*arguments, **more).stdout))


@pytest.fixture
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="hypotweet-test-"))
    folder.chmod(0o755)
    yield Machine(folder)
    shutil.rmtree(folder)


def test_arguments_input_and_code_are_those_of_the_command(machine: Machine) -> None:
    words = ["predict", "--text", "two  words; $HOME 'é'", "", "-"]
    said = machine.says(*words, input="a line\n")
    assert said["arguments"] == words
    assert said["input"] == "a line\n"
    machine.settings.write_text("CODE=7")
    assert machine.run("doctor").returncode == 7


def test_the_environment_is_that_of_the_service(machine: Machine) -> None:
    said = machine.says(
        "shell", DEBUG="on", PYTHONPATH="/srv", PLAIN="mine", STAFF_ROLE="curator"
    )
    environment = said["environment"]
    assert SETTINGS.items() <= environment.items()
    assert environment["STAFF_ROLE"] == "curator"
    assert not {"DEBUG", "PYTHONPATH"} & environment.keys()
    assert said["umask"] == 0o077


@pytest.mark.skipif(not IS_ROOT, reason="only root becomes another user")
def test_root_becomes_the_user_and_keeps_nothing(machine: Machine) -> None:
    said = machine.says("shell")
    nobody = load().pwd.getpwnam("nobody")
    assert said["uid"] == nobody.pw_uid
    assert 0 not in said["groups"]
    assert said["environment"]["USER"] == "nobody"


@pytest.mark.skipif(not IS_ROOT, reason="only root reads what others may not")
def test_a_file_that_the_user_may_not_read_is_named(machine: Machine) -> None:
    closed = Path(tempfile.mkdtemp(prefix="hypotweet-test-"))
    (closed / "archive.zip").touch()
    done = machine.run("import_tweets", "archive.zip", cwd=closed)
    assert "nobody may not read archive.zip. Copy it" in done.stderr
    said = json.loads(done.stdout)
    assert said["folder"] == str(machine.site)
    closed.chmod(0o755)
    done = machine.run("import_tweets", "archive.zip", cwd=closed)
    assert done.stderr == ""
    assert json.loads(done.stdout)["folder"] == str(closed)
    shutil.rmtree(closed)


@pytest.mark.skipif(not IS_ROOT, reason="only root becomes another user")
def test_others_are_told_to_use_sudo(machine: Machine) -> None:
    machine.settings.chmod(0o644)
    done = subprocess.run(
        ["setpriv", "--reuid=1", "--clear-groups", machine.script, "doctor"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "sudo hypotweet" in done.stderr


def test_a_machine_without_settings_is_no_deployed_one(machine: Machine) -> None:
    machine.settings.unlink()
    done = machine.run("doctor")
    assert done.returncode == 2
    assert "docs/deploy.md" in done.stderr


@pytest.mark.skipif(not shutil.which("script"), reason="no script(1) here")
def test_the_terminal_is_passed_on(machine: Machine) -> None:
    command = ["script", "-qec", shlex.join([str(machine.script), "x"]), "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True, input="")
    assert json.loads(done.stdout)["terminal"] is True
