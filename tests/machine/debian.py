"""A fresh Debian 12 of its own: made by debootstrap, run by systemd-nspawn.

systemd is its first process, and starts the units as on a real machine. While they run,
it has no network but its own loopback.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.installation import ROOT
from tests.terminal import at_terminal

RELEASE = "bookworm"
PROGRAMS = ("debootstrap", "systemd-nspawn", "nsenter", "git")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What an installed Debian has, and debootstrap's smallest does not.
USUAL = "systemd,systemd-sysv,dbus,ca-certificates"
NSPAWN = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--as-pid2"]
# The program's libraries, and the repository to clone
WHEELS, ORIGIN = "/var/cache/wheels", "/srv/origin"


def why_not() -> str:
    """Say why this machine makes none; nothing if it does."""
    if not os.environ.get("DEPLOY_TEST"):
        return "only `make deploy-test` takes these minutes"
    if os.geteuid() != 0:
        return "only root can make one"
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if not (ROOT / ".git").exists():
        return "this is no checkout to clone"
    return ""


class Debian:
    """`root` is its file system. `start` boots it, `stop` shuts it down."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root"
        self.machine: subprocess.Popen[bytes] | None = None
        call(
            *("debootstrap", "--variant=minbase", f"--include={USUAL}"),
            *(RELEASE, str(self.root), *mirror()),
        )
        # No power fails here.
        (self.root / "etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n")
        for settings in Path("/etc/apt/apt.conf.d").glob("*"):
            if "Acquire" in settings.read_text():
                shutil.copy(settings, self.root / "etc/apt/apt.conf.d")

    def prepare(self, script: str) -> None:
        """Run commands that need the network, before it starts."""
        inside = ["/bin/sh", "-euxc", script]
        mine = ["--resolv-conf=copy-host", f"--directory={self.root}"]
        quiet = ["--setenv=DEBIAN_FRONTEND=noninteractive"]
        call(*NSPAWN, *quiet, *mine, *inside)

    def bring_libraries(self) -> None:
        """Put what pip would download where it finds it, by this machine's own pip."""
        wheels = self.root / WHEELS[1:]
        wheels.mkdir(parents=True)
        names = ["--requirement", str(ROOT / "requirements.txt")]
        target = ["--python-version=3.11", "--only-binary=:all:", "--dest", str(wheels)]
        call("python3", "-m", "pip", "download", "--quiet", *names, *target)

    def bring_repository(self) -> None:
        """Put this checkout, as it is, where it can be cloned from."""
        copy_checkout(self.root / ORIGIN[1:])
        self.commit("One version", "init", "--quiet", "--initial-branch=main")

    def commit(self, message: str, *before: str) -> None:
        """Commit what the repository's folder holds now."""
        git = ["git", "-C", str(self.root / ORIGIN[1:])]
        author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        if before:
            call(*git, *before)
        call(*git, "add", "--all")
        call(*git, *author, "commit", "--quiet", "--message", message)

    def start(self) -> None:
        command = [word for word in NSPAWN if word != "--as-pid2"]
        # systemd's first output would be mixed with the tests'.
        mine = ["--private-network", "--boot", f"--directory={self.root}"]
        log = (self.folder / "console.log").open("ab")
        self.machine = subprocess.Popen(
            [*command, "--console=pipe", *mine],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        for _ in range(600):
            if self._first_process() and self.try_out("systemctl is-active dbus"):
                break
            time.sleep(0.1)
        # "degraded" where a unit of Debian's own cannot run in a container
        self.sh("systemctl is-system-running --wait || true")

    def stop(self) -> None:
        if self.machine and self.machine.poll() is None:
            if self._first_process():
                self.try_out("systemctl poweroff --no-wall")
            try:
                self.machine.wait(timeout=90)
            except subprocess.TimeoutExpired:
                self.machine.kill()
                self.machine.wait()

    def sh(self, script: str, answers: Mapping[str, str] | None = None) -> str:
        """Run commands as root at a terminal, until one fails; return what it shows."""
        code, shown = at_terminal(
            [*self._inside(), "/bin/bash", "-euxc", script],
            answers or {},
            environment={"PATH": PATH, "HOME": "/root", "TERM": "dumb"}
            | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": WHEELS}
            | {"SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"},
        )
        assert code == 0, f"{code} from:\n{shown[-8000:]}"
        return shown.replace("\r\n", "\n")

    def out(self, script: str) -> str:
        """Run commands without a terminal; return their standard output."""
        done = subprocess.run(
            [*self._inside(), "/bin/sh", "-euc", script],
            env={"PATH": PATH, "HOME": "/root"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, script: str) -> tuple[int, str]:
        """Run commands that must fail; return the code, and all that they print."""
        done = subprocess.run(
            [*self._inside(), "/bin/sh", "-uc", script],
            env={"PATH": PATH, "HOME": "/root"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0, done.stdout
        return done.returncode, done.stdout + done.stderr

    def try_out(self, command: str) -> bool:
        """Whether a command succeeds."""
        inside = [*self._inside(), "/bin/sh", "-c", command]
        return (
            subprocess.run(inside, env={"PATH": PATH}, capture_output=True).returncode
            == 0
        )

    def python(self, code: str) -> object:
        """Run code in the machine's Python; return the JSON that it prints."""
        name = "/root/code.py"
        (self.root / name[1:]).write_text(code)
        return json.loads(self.out(f"python3 {name}"))

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        file = self.root / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def _inside(self) -> list[str]:
        into = ["--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"]
        return ["nsenter", f"--target={self._first_process()}", *into]

    def _first_process(self) -> str:
        """The number of its systemd, here; empty while there is none."""
        if not self.machine:
            return ""
        number = self.machine.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        for child in children:
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return child
        return ""


def copy_checkout(target: Path) -> None:
    """Copy this checkout as it is, without what git ignores."""
    names = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(names, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def mirror() -> list[str]:
    """Where this machine gets Debian 12 from; nothing for debootstrap's default."""
    form = ["--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Identifier: Packages"]
    done = subprocess.run(
        ["apt-get", "indextargets", *form], capture_output=True, text=True
    )
    for line in done.stdout.splitlines():
        address, *rest = line.split()
        if rest == [RELEASE, "main"]:
            return [address]
    return []


def call(*command: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command of this machine; assert that it succeeds."""
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout[-8000:]}"


def new_folder() -> Path:
    """A folder that other users may enter, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="hypotweet-debian-"))
    folder.chmod(0o755)
    return folder
