"""Figures for Prometheus: for whom they are meant, right, and of all workers."""

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from common.models import Worker
from prediction.serving.predictor import predict_many
from prediction.training import signatures
from tests.installation import ROOT, Installation
from tests.patience import PATIENCE
from tests.served import served, start
from tweets import tasks
from tweets.models import Fetch, User
from tweets.tests.cast import make_cast

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.processes,
]
TOKEN = "a-token-of-enough-characters"


def figures(page: str) -> dict[str, float]:
    lines = [line for line in page.splitlines() if line and line[0] != "#"]
    return {name: float(value) for name, value in (ln.rsplit(" ", 1) for ln in lines)}


def ask(**more: object) -> tuple[int, str]:
    answer = Client().get("/metrics", **more)
    return answer.status_code, answer.content.decode()


def test_without_the_setting_there_is_nothing_here() -> None:
    assert ask()[0] == 404
    assert ask(headers={"Authorization": "Bearer "})[0] == 404


def test_a_token_lets_in_and_nothing_else_does(settings: Settings) -> None:
    settings.METRICS = TOKEN
    assert ask(headers={"Authorization": f"Bearer {TOKEN}"})[0] == 200
    for wrong in ("", "Bearer", f"Bearer {TOKEN}x", TOKEN, "Bearer é"):
        assert ask(headers={"Authorization": wrong})[0] == 404


def test_loopback_lets_in_this_machine_and_nobody_through_a_proxy(
    settings: Settings,
) -> None:
    settings.METRICS = "loopback"
    assert ask(REMOTE_ADDR="127.0.0.1")[0] == 200
    assert ask(REMOTE_ADDR="::1")[0] == 200
    assert ask(REMOTE_ADDR="10.0.0.1")[0] == 404
    assert ask(REMOTE_ADDR="")[0] == 404
    for header in ("X-Forwarded-For", "Forwarded"):
        assert ask(REMOTE_ADDR="127.0.0.1", headers={header: "127.0.0.1"})[0] == 404


def test_what_the_database_knows_is_told(settings: Settings) -> None:
    settings.METRICS = "loopback"
    users = make_cast(20)
    signatures.build(users)
    User.objects.filter(pk=users[0].pk).update(revision=99)
    tasks.refresh_users.enqueue([0])
    Fetch.objects.create(user=users[0], outcome="failed")
    Worker.objects.create(id="w", seen_at=timezone.now())
    found = figures(ask()[1])
    assert found['hypotweet_tasks{state="ready"}'] >= 1
    assert found['hypotweet_fetches_day{state="failed"}'] == 1
    assert found["hypotweet_signatures_stale"] == 1
    assert found["hypotweet_signatures_fresh"] == 2
    assert found["hypotweet_workers"] == 1
    assert found["hypotweet_users"] == 3


def test_predictions_are_counted_by_engine_and_timed(settings: Settings) -> None:
    settings.METRICS = "loopback"
    users = make_cast(20)
    name = 'hypotweet_predictions_total{engine="signature"}'
    timed = 'hypotweet_prediction_seconds_count{engine="signature"}'
    before = figures(ask()[1])
    predict_many(users, ["one lamp lit"] * 3)
    after = figures(ask()[1])
    assert after[name] - before.get(name, 0) == 3
    assert after[timed] - before.get(timed, 0) == 1


def test_requests_are_counted_over_all_workers(tmp_path: Path) -> None:
    """And named by their view: no address that somebody typed becomes a label."""
    with served(tmp_path, METRICS=TOKEN, WEB_CONCURRENCY="2") as port:
        for number in range(40):
            _get(port, f"/users/nobody{number}/")
        found = figures(_get(port, "/metrics", Authorization=f"Bearer {TOKEN}"))
        assert _get(port, "/metrics") == "404"
    assert found['hypotweet_requests_total{status="4xx",view="tweets:user"}'] == 40
    assert found['hypotweet_request_seconds_count{view="tweets:user"}'] == 40
    assert not [name for name in found if "nobody" in name]


def test_on_the_unix_socket_this_machine_may_read_and_no_proxy(tmp_path: Path) -> None:
    path = tmp_path / "site.sock"
    site = Installation(tmp_path, METRICS="loopback", ALLOWED_HOSTS="*")
    site.environment["GUNICORN_CMD_ARGS"] = f"--bind unix:{path}"
    server = start(site.environment, tmp_path / "log")
    try:
        while not path.exists() and server.poll() is None:
            time.sleep(0.05)
        assert _ask_socket(path, Host="localhost") == 200
        assert _ask_socket(path, Host="hypotweet.example.org") == 404
        forwarded = {"X-Forwarded-For": "127.0.0.1"}
        assert _ask_socket(path, Host="localhost", **forwarded) == 404
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _ask_socket(path: Path, **headers: str) -> int:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(path))
    connection.request("GET", "/metrics", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _get(port: int, path: str, **headers: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.code)


@pytest.mark.parametrize("library", ["prometheus_client", "sentry_sdk"])
def test_what_is_not_asked_for_is_not_loaded(library: str) -> None:
    code = f"import hypotweet_site.wsgi, sys; sys.exit({library!r} in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"METRICS": "", "SENTRY_DSN": "", "DEBUG": "on"},
    )
    assert done.returncode == 0
