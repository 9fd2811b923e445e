"""`make run` and the Procfile, as processes on a database of their own."""

import json
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.installation import DEMO, ROOT, Installation
from tests.patience import PATIENCE, wait_until
from tests.ports import free_port, wait_until_up
from tests.served import start
from tests.terminal import at_terminal

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.processes,
]


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body, once the server is up."""
    wait_until_up(port)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_make_run_serves_the_demo_and_stops_cleanly(tmp_path: Path) -> None:
    port = free_port()
    site = Installation(tmp_path, PORT=str(port), DEBUG="on")
    process = site.start("start")
    try:
        status, page = get(port, "/users/")
        assert status == 200
        assert "GrandmaDot1941" in page
        assert "fictional" in page
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=PATIENCE)
    assert f"http://localhost:{port}/" in out


def test_a_busy_port_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        site = Installation.empty(tmp_path, PORT=str(port), DEBUG="on")
        process = site.start("start")
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert f"Port {port} cannot be used" in err
    assert f"PORT={port + 1} make run" in err
    assert out == ""


def test_a_server_that_only_listens_by_ipv6_counts_too(tmp_path: Path) -> None:
    """Browsers that are sent to localhost would show that one."""
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
        other.listen()
        port = other.getsockname()[1]
        site = Installation.empty(tmp_path, PORT=str(port), DEBUG="on")
        process = site.start("start")
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert f"Port {port} cannot be used" in err


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
)
def test_no_worker_outlives_the_server(tmp_path: Path, how: signal.Signals) -> None:
    port = free_port()
    site = Installation(tmp_path, PORT=str(port), DEBUG="on", after=DEMO)
    process = site.start("start")
    get(port, "/healthz")
    wait_until(lambda: site.rows("common_worker") == 2)  # one of them builds
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) > 2
    process.send_signal(how)
    process.communicate(timeout=PATIENCE)
    assert psutil.wait_procs(children, timeout=PATIENCE)[1] == []


def test_ctrl_c_at_a_terminal_ends_it_without_a_traceback(tmp_path: Path) -> None:
    site = Installation(tmp_path, PORT=str(free_port()), DEBUG="on", after=DEMO)
    command = [sys.executable, "manage.py", "start"]
    _, shown = at_terminal(
        command, {"Quit the server": "\x03"}, cwd=ROOT, environment=site.environment
    )
    assert "Quit the server" in shown
    assert "Traceback" not in shown


AT_EVERY_STEP_OF_A_START = """
import signal, time
from common.jobs.companion import begin_worker
signal.signal(signal.SIGINT, lambda *_: None)
for step in range(1, 11):
    worker = begin_worker()
    time.sleep(step / 50)
    print("Press now", flush=True)
    worker.join(0.2)
    worker.kill()
"""


def test_ctrl_c_reaches_no_worker_that_is_still_starting(tmp_path: Path) -> None:
    site = Installation(tmp_path, after=DEMO)
    command = [sys.executable, "-c", AT_EVERY_STEP_OF_A_START]
    _, shown = at_terminal(
        command, {"Press now": "\x03"}, cwd=ROOT, environment=site.environment
    )
    assert "^C" in shown
    assert "Traceback" not in shown


def test_no_worker_gets_what_a_terminal_sends_to_the_server(tmp_path: Path) -> None:
    """The server stops its worker; a second signal would end the worker's task."""
    port = free_port()
    site = Installation(tmp_path, PORT=str(port), DEBUG="on", after=DEMO)
    process = site.start("start")
    get(port, "/healthz")
    wait_until(lambda: site.rows("common_worker") == 2)
    children = psutil.Process(process.pid).children(recursive=True)
    workers = [c for c in children if "spawn_main" in " ".join(c.cmdline())]
    groups = {os.getpgid(worker.pid) for worker in workers}
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert len(groups) == 2
    assert os.getpgid(0) not in groups


def test_gunicorn_serves_pages_and_predictions_without_debug(tmp_path: Path) -> None:
    port = free_port()
    site = Installation(
        tmp_path,
        PORT=str(port),
        DEBUG="off",
        WEB_CONCURRENCY="1",
        after=DEMO,
    )
    server = start(site.environment, tmp_path / "log")
    try:
        status, page = get(port, "/")
        assert status == 200
        style = page.split('href="/static/')[2].split('"')[0]
        assert get(port, f"/static/{style}")[0] == 200
        assert get(port, "/readyz")[0] == 200
        assert get(port, "/users/nobody_of_this_name/")[0] == 404
        question = json.dumps(
            {"text": "Lamp lit.", "users": ["gullrock_keeper", "VesperOnFilm"]}
        )
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/predictions",
            question.encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["engine"] == "signature"
    finally:
        server.terminate()
        assert server.wait(timeout=PATIENCE) == 0


def test_starting_without_enough_users_still_serves(tmp_path: Path) -> None:
    port = free_port()
    site = Installation(tmp_path, PORT=str(port), DEBUG="on")
    site.run("load_demo")
    site.run("reset_tweets", "--all", "--yes")
    process = site.start("start")
    try:
        assert get(port, "/")[0] == 200
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
