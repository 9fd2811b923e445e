"""The example of deploy/nginx in front of the site, as on a Debian machine.

A real nginx with a certificate of its own on high ports; gunicorn on a socket that
somebody else holds, as systemd does.
"""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installation import ROOT, Installation
from tests.patience import PATIENCE, wait_until
from tests.ports import free_port
from tests.served import GUNICORN

NAME = "hypotweet.example.org"
MIB = 2**20
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.skipif(
        not (shutil.which("nginx") and shutil.which("openssl")),
        reason="no nginx or no openssl on this machine",
    ),
]
AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""
# What systemd does with the socket that it holds.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3, inheritable=True)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


class Service:
    """Gunicorn on a socket that stays open while it restarts."""

    def __init__(self, site: Installation, path: Path) -> None:
        self.site = site
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(1024)

    def start(self) -> None:
        number = self.socket.fileno()
        command = [*GUNICORN, "--config", "hypotweet_site/gunicorn.py"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(number), *command],
            cwd=ROOT,
            env=self.site.environment,
            pass_fds=[number],
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE)


@dataclass
class Front:
    """What a visitor sees."""

    plain: int
    encrypted: int
    certificate: Path
    service: Service

    def ask(
        self, path: str, source: str = "127.0.0.1", **more: object
    ) -> tuple[http.client.HTTPResponse, bytes]:
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        there = socket.create_connection(
            ("127.0.0.1", self.encrypted), 60, source_address=(source, 0)
        )
        connection = http.client.HTTPSConnection(NAME, timeout=PATIENCE)
        connection.sock = trusted.wrap_socket(there, server_hostname=NAME)
        connection.request(more.pop("method", "GET"), path, **more)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body


@pytest.fixture(scope="module")
def front(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    site = _site(folder)
    service = Service(site, folder / "site.sock")
    service.start()
    made = Front(free_port(), free_port(), _certificate(folder), service)
    nginx = subprocess.Popen(["nginx", "-c", _configuration(folder, made)])
    try:
        _wait(made)
        yield made
    finally:
        nginx.terminate()
        nginx.wait()
        service.stop()


def _site(folder: Path) -> Installation:
    return Installation(
        folder,
        DEBUG="off",
        ALLOWED_HOSTS=f"{NAME},localhost",
        TRUSTED_PROXIES="1",
        RATE_LIMIT_ANON="3/m",
        METRICS="loopback",
        WEB_CONCURRENCY="1",
    )


def _certificate(folder: Path) -> Path:
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    return folder / "cert.pem"


def _configuration(folder: Path, front: Front) -> str:
    """The example, with other ports and paths."""
    site = (ROOT / "deploy/nginx/hypotweet.conf").read_text(encoding="utf-8")
    letsencrypt = f"/etc/letsencrypt/live/{NAME}"
    replaced = {
        "listen 80": f"listen 127.0.0.1:{front.plain}",
        "listen 443": f"listen 127.0.0.1:{front.encrypted}",
        "listen [::]:80": f"listen [::1]:{front.plain}",
        "listen [::]:443": f"listen [::1]:{front.encrypted}",
        f"{letsencrypt}/fullchain.pem": str(front.certificate),
        f"{letsencrypt}/privkey.pem": str(folder / "key.pem"),
        "/run/hypotweet.sock": str(folder / "site.sock"),
    }
    for ours, here in replaced.items():
        assert ours in site
        site = site.replace(ours, here)
    if not _speaks_ipv6():
        site = re.sub(r"listen \[::1\].*;", "", site)
    user = "user root;" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(AROUND.format(folder=folder, user=user, site=site))
    return str(path)


def _speaks_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def _wait(front: Front) -> None:
    def answers() -> bool:
        try:
            return front.ask("/healthz")[0].status == 200
        except OSError:
            return False

    wait_until(answers)


def test_plain_http_leads_to_https(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain)
    connection.request("GET", "/users/?q=a", headers={"Host": NAME})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{NAME}/users/?q=a"


def test_other_hosts_get_no_answer(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


@pytest.mark.skipif(not _speaks_ipv6(), reason="no IPv6 on this machine")
def test_visitors_may_come_by_ipv6(front: Front) -> None:
    connection = http.client.HTTPConnection("::1", front.plain)
    connection.request("GET", "/", headers={"Host": NAME})
    assert connection.getresponse().status == 301
    trusted = ssl.create_default_context(cafile=str(front.certificate))
    there = socket.create_connection(("::1", front.encrypted), 60)
    with trusted.wrap_socket(there, server_hostname=NAME) as encrypted:
        encrypted.sendall(f"GET /healthz HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode())
        assert encrypted.recv(100).startswith(b"HTTP/1.1 200")


def test_metrics_are_read_on_the_socket_and_not_through_nginx(front: Front) -> None:
    """By whom the socket lets in, as `curl --unix-socket` does it."""
    assert front.ask("/metrics")[0].status == 404
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(front.service.socket.getsockname())
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert answer.status == 200
    assert b"hypotweet_requests_total" in answer.read()


def test_cookies_are_secure_and_browsers_told_to_stay_on_https(front: Front) -> None:
    answer, _ = front.ask("/account/sign-in/")
    assert answer.status == 200
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=2592000"
    assert len(answer.headers["X-Request-ID"]) == 32


def test_forms_of_the_own_site_are_taken_and_others_are_not(front: Front) -> None:
    answer, body = front.ask("/account/sign-in/")
    token = body.decode().partition('csrfmiddlewaretoken" value="')[2].split('"')[0]
    statuses = []
    for origin in (f"https://{NAME}", "https://evil.example", f"http://{NAME}"):
        headers = {
            "Cookie": answer.headers["Set-Cookie"].split(";")[0],
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": origin,
        }
        form = f"csrfmiddlewaretoken={token}&username=ann&password=x"
        got, _ = front.ask(
            "/account/sign-in/", method="POST", body=form, headers=headers
        )
        statuses.append(got.status)
    assert statuses == [422, 403, 403]


def predict(front: Front, source: str, forged: str) -> int:
    body = json.dumps({"text": "hello", "users": ["a", "b"]})
    headers = {"Content-Type": "application/json", "X-Forwarded-For": forged}
    path = "/api/v1/predictions"
    got, _ = front.ask(path, source, method="POST", body=body, headers=headers)
    return int(got.status)


def test_limits_count_the_address_that_nginx_saw(front: Front) -> None:
    forged = [f"198.51.100.{number}" for number in range(4)]
    assert [predict(front, "127.0.0.2", f) for f in forged] == [404, 404, 404, 429]
    assert predict(front, "127.0.0.3", forged[0]) == 404


@pytest.mark.parametrize(
    ("path", "length", "expected"),
    [
        ("/predict/", 17 * MIB, 413),
        ("/api/v1/imports", 102 * MIB, 413),
        ("/admin/tweets/upload/add/", 102 * MIB, 413),
    ],
)
def test_what_is_too_large_stays_outside(
    front: Front, path: str, length: int, expected: int
) -> None:
    """Only its length is announced: nobody waits for the rest."""
    got, _ = front.ask(path, method="POST", headers={"Content-Length": str(length)})
    assert got.status == expected


ROBOT = """
from accounts.models import Account, ApiKey, Scope
key = ApiKey(account=Account.objects.create_superuser("robot"), scopes=[Scope.MANAGE])
print(ApiKey.objects.issue(key))
"""


def test_a_file_of_moderate_size_gets_to_the_site(front: Front) -> None:
    headers = {
        "Authorization": f"Bearer {front.service.site.python(ROBOT).strip()}",
        "Content-Type": "multipart/form-data; boundary=part",
    }
    lines = b'{"user": "ann", "text": "one of many lines"}\n' * 500_000
    body = (
        b'--part\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n'
        b"\r\n" + lines + b"\r\n--part--\r\n"
    )
    assert len(body) > 20 * MIB
    got, body_of = front.ask(
        "/api/v1/imports", method="POST", body=body, headers=headers
    )
    assert got.status == 202, body_of


def test_no_request_is_lost_while_the_site_restarts(front: Front) -> None:
    """Visitors go on asking, each request over a new connection."""
    over = threading.Event()
    met: list[object] = []

    def visit() -> None:
        while not over.is_set():
            try:
                met.append(front.ask("/users/")[0].status)
            except OSError as error:
                met.append(error)
                return

    visitors = [threading.Thread(target=visit, daemon=True) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    endings = []
    for _ in range(2):
        time.sleep(1)
        endings.append(front.service.stop())
        front.service.start()
        _wait(front)
    over.set()
    for visitor in visitors:
        visitor.join()
    assert endings == [0, 0]
    assert len(met) > 20
    assert set(met) == {200}
