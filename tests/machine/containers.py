"""The site's containers, run by Podman on images that this machine makes itself.

Debian's is made by debootstrap. In place of PostgreSQL's own image stands one of
Debian's packages that knows the same three variables. The commands of the documents say
`docker`: a program of that name hands them to podman-compose.
"""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.machine.debian import RELEASE, call, copy_checkout, mirror
from tests.terminal import at_terminal

PROGRAMS = ("debootstrap", "podman", "podman-compose", "runc", "git")
PORT = 8000
# Whom this machine trusts, for pip
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# Where only some of the limits that Podman sets by itself may be raised.
PODMAN = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
"""
# What this podman-compose and `docker compose` do not share.
DOCKER = """#!/bin/sh
shift
for word in "$@"; do
    shift
    [ "$word" = --wait ] || set -- "$@" "$word"
done
[ "$1" != up ] || set -- "$@" --no-build
exec podman-compose "$@"
"""
POSTGRESQL = """
FROM localhost/debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-15
ENV PATH=/usr/lib/postgresql/15/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data
RUN install -d -o postgres -g postgres -m 700 $PGDATA /run/postgresql
COPY start /start
USER postgres
VOLUME /var/lib/postgresql/data
CMD ["/start"]
"""
START_POSTGRESQL = """#!/bin/sh
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --encoding=UTF8 \\
        --locale=C.UTF-8 --auth-host=scram-sha-256 > /dev/null
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    pg_ctl -w -o "-c listen_addresses=''" start > /dev/null
    createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
    pg_ctl -w stop > /dev/null
fi
exec postgres -c listen_addresses='*'
"""


def why_not() -> str:
    """Say why this machine runs none; nothing if it does."""
    if not os.environ.get("CONTAINER_TEST"):
        return "only `make container-test` takes these minutes"
    if os.geteuid() != 0:
        return "only root can make Debian's image"
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    with socket.socket() as probe:
        if not probe.connect_ex(("127.0.0.1", PORT)):
            return f"port {PORT}, which compose.yaml names, is taken"
    return ""


class Containers:
    """`site` is a copy of this checkout, in which the commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site = folder, folder / "hypotweet"
        programs = folder / "programs"
        programs.mkdir()
        (programs / "docker").write_text(DOCKER)
        (programs / "docker").chmod(0o755)
        (folder / "containers.conf").write_text(PODMAN)
        self.environment = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "TERM": "dumb",
        }
        copy_checkout(self.site)
        # What a checkout may hold, and no image.
        (self.site / ".env").write_text("SECRET_KEY=of a developer\n")
        self._make_debian()
        self._make_postgresql()

    def build(self) -> None:
        """Build the site's image, as `docker compose build` would."""
        debian = "SYSTEM=localhost/debian:bookworm-slim"
        self._build(str(self.site), "hypotweet", "--build-arg", debian)

    def sh(self, script: str, answers: Mapping[str, str] | None = None) -> str:
        """Run commands at a terminal, until one fails; return what it shows."""
        code, shown = at_terminal(
            ["/bin/bash", "-euxc", script],
            answers or {},
            cwd=self.site,
            environment=self.environment,
        )
        assert code == 0, f"{code} from:\n{shown[-8000:]}"
        return shown.replace("\r\n", "\n")

    def inside(self, service: str, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script in a container, without asking for success."""
        name = f"{self.site.name}_{service}_1"
        return self._podman("exec", name, "sh", "-c", script)

    def is_healthy(self) -> bool:
        """Run the site's health check once."""
        check = self._podman("healthcheck", "run", f"{self.site.name}_web_1")
        return check.returncode == 0

    def image_files(self) -> list[str]:
        """List the program's files in its image, libraries left out."""
        find = "find . -path ./.venv -prune -o -type f -print"
        done = self._podman("run", "--rm", "hypotweet", "sh", "-c", find)
        return done.stdout.split()

    def is_up(self) -> None:
        """Come back once the site is ready; assert that it takes no two minutes."""
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            try:
                self.ask("/readyz")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.5)
            else:
                return
        raise AssertionError(self.sh("docker compose logs web"))

    def ask(self, path: str, body: bytes | None = None) -> str:
        request = urllib.request.Request(
            f"http://localhost:{PORT}{path}",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(answer.read().decode())

    def remove(self) -> None:
        """Remove containers, volumes and networks; images stay as a cache."""
        if (self.site / "deploy/container/site.env").exists():
            self.sh("docker compose down")
        for volume in ("database", "data", "backups"):
            self._podman("volume", "rm", "--force", f"{self.site.name}_{volume}")
        self._podman("network", "rm", f"{self.site.name}_default")

    def _make_debian(self) -> None:
        name = "localhost/debian:bookworm-slim"
        if self._podman("image", "exists", name).returncode == 0:
            return
        root = self.folder / "debian"
        self._run(
            *("debootstrap", "--variant=minbase", "--include=ca-certificates"),
            *(RELEASE, str(root), *mirror()),
        )
        archive = str(self.folder / "debian.tar")
        self._run("tar", "--directory", str(root), "--create", "--file", archive, ".")
        self._run("podman", "import", archive, name)

    def _make_postgresql(self) -> None:
        folder = self.folder / "postgresql"
        folder.mkdir()
        (folder / "Dockerfile").write_text(POSTGRESQL)
        (folder / "start").write_text(START_POSTGRESQL)
        (folder / "start").chmod(0o755)
        self._build(str(folder), "postgres:17")

    def _build(self, folder: str, name: str, *more: str) -> None:
        # Images of Docker's form; OCI's knows no health check.
        form = ["--format=docker", "--network=host", f"--tag={name}"]
        trusted = [f"--volume={CERTIFICATES}:/run/trusted.crt:ro"]
        pip = "--env=PIP_CERT=/run/trusted.crt"
        self._run("podman", "build", *form, *trusted, pip, *more, folder)

    def _podman(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["podman", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def _run(self, *command: str) -> None:
        call(*command, environment=self.environment)
