"""Requests that are cut, workers that die, and a server that is asked to stop."""

import os
import socket
import time
from pathlib import Path

import psutil
import pytest

from tests.faults.site import Site
from tests.faults.traffic import QUESTION, Traffic, ask

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.processes,
]


def test_requests_cut_in_the_middle_harm_nobody(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        for sent in range(1, len(QUESTION), 12):
            with socket.create_connection(("127.0.0.1", site.port)) as visitor:
                visitor.sendall(
                    b"POST /api/v1/predictions HTTP/1.1\r\nHost: localhost\r\n"
                    b"Content-Type: application/json\r\n"
                    + f"Content-Length: {len(QUESTION)}\r\n\r\n".encode()
                    + QUESTION.encode()[:sent]
                )
        assert ask(site.port).status == 200
        assert site.tweets() == 60
        assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_worker_that_is_killed_costs_its_own_requests_only(tmp_path: Path) -> None:
    with Site(tmp_path) as site, Traffic(site.port) as traffic:
        traffic.wait_for(20, 200)
        victim = psutil.Process(site.server.pid).children()[0]
        killed = time.monotonic()
        victim.kill()
        traffic.wait_for(50, 200, since=killed)
        lost = [a for a in traffic.answers if a.status != 200]
        assert len(lost) <= traffic.connections
        workers = [p.pid for p in psutil.Process(site.server.pid).children()]
        assert len(workers) == 2
        assert victim.pid not in workers


def test_a_server_that_stops_under_load_answers_what_it_began(tmp_path: Path) -> None:
    with Site(tmp_path) as site, Traffic(site.port) as traffic:
        traffic.wait_for(20, 200)
        site.server.terminate()
        assert site.server.wait(timeout=60) == 0
    assert [a for a in traffic.answers if a.status != 200 and not a.refused] == []


def test_a_reload_under_load_loses_nothing(tmp_path: Path) -> None:
    with Site(tmp_path) as site, Traffic(site.port) as traffic:
        traffic.wait_for(20, 200)
        before = {p.pid for p in psutil.Process(site.server.pid).children()}
        os.kill(site.server.pid, 1)
        for _ in range(300):
            workers = {p.pid for p in psutil.Process(site.server.pid).children()}
            if len(workers) == 2 and not workers & before:
                break
            time.sleep(0.1)
        traffic.wait_for(20, 200, since=time.monotonic())
    assert [a for a in traffic.answers if a.status != 200] == []
