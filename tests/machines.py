"""A site of two machines on one PostgreSQL: each request goes to the other one.

Two gunicorns and two workers share no folder: each has its own for what it can rebuild,
and uploads lie in a store that all four reach over HTTP.
TWO_MACHINES_ON names the PostgreSQL; without it, sites in tests are one process.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from tests.object_store import object_store
from tests.ports import free_port, wait_until_up

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("TWO_MACHINES_ON", "")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
BALANCED = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
daemon off;
worker_processes 1;
events {{}}
http {{
    log_format who "$upstream_addr";
    access_log {folder}/machines.log who;
    client_max_body_size 200m;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    upstream machines {{ {servers} }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://machines;
            proxy_set_header Host $http_host;
            proxy_read_timeout 130s;
        }}
    }}
}}
"""


def new_database(template: str = "") -> str:
    """Creates a database, empty or as a copy, and returns its URL."""
    name = f"machines_{uuid4().hex}"
    source = urlsplit(template).path.removeprefix("/") if template else "template1"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


@contextmanager
def served_by_two(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Address of a site of two machines, until the block ends.

    Asserts then that both of them answered.
    """
    port, ports = free_port(), [free_port(), free_port()]
    with ExitStack() as stack:
        store = stack.enter_context(object_store())
        shared = environment | {"WEB_CONCURRENCY": "1", "UPLOAD_STORAGE": store}
        for number, own in enumerate(ports):
            machine = shared | folders(folder / f"web-{number}")
            bind = {"PORT": str(own), "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{own}"}
            stack.enter_context(_running(GUNICORN, machine | bind))
            builder = shared | folders(folder / f"worker-{number}")
            stack.enter_context(_running(WORKER, builder))
        for own in ports:
            wait_until_up(own)
        stack.enter_context(_running(_balancer(folder, port, ports), shared))
        wait_until_up(port)
        yield f"http://127.0.0.1:{port}"
    answered = Counter((folder / "machines.log").read_text().split())
    assert answered.total() < 10 or len(answered) == 2, answered


def folders(own: Path) -> dict[str, str]:
    return {"INDEX_DIR": str(own), "UPLOAD_DIR": str(own / "uploads")}


GUNICORN = [
    *(str(Path(sys.executable).with_name("gunicorn")), "hypotweet_site.wsgi"),
    *("--config", "hypotweet_site/gunicorn.py"),
]
WORKER = [sys.executable, "manage.py", "db_worker", "-v0", "--no-reload"]


def _balancer(folder: Path, port: int, ports: list[int]) -> list[str]:
    assert NGINX, "nginx is not installed"
    servers = " ".join(f"server 127.0.0.1:{own};" for own in ports)
    file = folder / "nginx.conf"
    # Else nginx changes to another user, who may not write here.
    user = "user root;" if os.geteuid() == 0 else ""
    text = BALANCED.format(folder=folder, port=port, servers=servers, user=user)
    file.write_text(text)
    return [NGINX, "-c", str(file), "-p", str(folder)]


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
