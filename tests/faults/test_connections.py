"""Requests that are cut, workers that die, and a server that is asked to stop."""

import os
import socket
import statistics
import threading
import time
from pathlib import Path
from typing import Self

import psutil
import pytest

from tests.faults.site import Site
from tests.faults.traffic import QUESTION, Traffic, ask
from tests.patience import PATIENCE, wait_until

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


class SlowClients:
    """Clients that send a request a byte at a time, and connect again when they are
    given up."""

    def __init__(self, port: int, count: int, begun: bytes) -> None:
        self.port, self.begun = port, begun
        self.sockets = [self._connected() for _ in range(count)]
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._drip)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.thread.join()
        for each in self.sockets:
            each.close()

    def _connected(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(self.begun)
        return connection

    def _drip(self) -> None:
        while not self.stop.wait(0.5):
            for number, each in enumerate(self.sockets):
                try:
                    each.send(b"x")
                except OSError:
                    self.sockets[number] = self._connected()


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /api/v1/predictions HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
    ],
    ids=["headers", "body"],
)
def test_slow_clients_hold_nobody_up(tmp_path: Path, begun: bytes) -> None:
    with Site(tmp_path) as site:
        with SlowClients(site.port, 64, begun):
            time.sleep(1)
            waits = []
            for _ in range(30):
                started = time.monotonic()
                assert site.status_of("/healthz") == 200
                waits.append(time.monotonic() - started)
        # Clients that hold threads cost most requests 5 seconds and more.
        assert statistics.median(waits) < 5
        assert ask(site.port).status == 200
        assert "Traceback" not in (tmp_path / "log").read_text()


def test_requests_that_arrive_in_pieces_are_answered(tmp_path: Path) -> None:
    pieces = [
        b"POST /api/v1/predictions HTTP/1.1\r\nHost: loc",
        b"alhost\r\nContent-Type: application/json\r\nContent-Length: "
        + f"{len(QUESTION)}\r\n\r".encode(),
        b"\n" + QUESTION.encode()[:9],
        QUESTION.encode()[9:],
    ]
    with (
        Site(tmp_path) as site,
        socket.create_connection(("127.0.0.1", site.port)) as visitor,
    ):
        for _ in range(2):  # the second on a connection that was kept
            for piece in pieces:
                visitor.sendall(piece)
                time.sleep(0.2)
            received = b""
            while not received.endswith(b"}"):
                received += visitor.recv(65_536)
            assert received.startswith(b"HTTP/1.1 200")


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
        assert site.server.wait(timeout=PATIENCE) == 0
    assert [a for a in traffic.answers if a.status != 200 and not a.refused] == []


def test_a_reload_under_load_loses_nothing(tmp_path: Path) -> None:
    with Site(tmp_path) as site, Traffic(site.port) as traffic:
        traffic.wait_for(20, 200)
        before = {p.pid for p in psutil.Process(site.server.pid).children()}
        os.kill(site.server.pid, 1)

        def are_all_new() -> bool:
            workers = {p.pid for p in psutil.Process(site.server.pid).children()}
            return len(workers) == 2 and not workers & before

        wait_until(are_all_new)
        traffic.wait_for(20, 200, since=time.monotonic())
    assert [a for a in traffic.answers if a.status != 200] == []
