"""The HTTP side of the fake X API: sends answers and scripted failures."""

import json
import socket
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from tweets.tests.fake_x import FakeX

Answer = tuple[int, dict[str, Any]]


@dataclass
class Failure:
    """What to answer instead, to the next `times` requests whose path has `on` in it.

    `body` may be a text, for what is not JSON. `cut` ends the connection in the middle
    of the body, `drop` before any answer. A `status` of None answers as usual after
    `delay` seconds.
    """

    status: int | None
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    cut: bool = False
    drop: bool = False
    times: int = 1
    on: str = ""


@dataclass(frozen=True)
class SeenRequest:
    """A request as it came, and the status it got (None: no answer)."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    status: int | None


def route_of(path: str) -> str:
    """Name the route of a path as rate limits know it."""
    if path.startswith("/2/users/") and path.endswith("/tweets"):
        return "timeline"
    if path.startswith("/2/users"):
        return "users"
    return "usage" if path.startswith("/2/usage") else "posts"


def problem(status: int, title: str, detail: str) -> Answer:
    """Make an error body as X writes it."""
    body = {"title": title, "detail": detail, "type": "about:blank", "status": status}
    return status, body


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    x: "FakeX"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent where a client hangs up: tests kill clients on purpose."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        x = self.server.x
        path, params = _parsed(self.path)
        failure = x.failure_for(path)
        if failure:
            time.sleep(failure.delay)
        if failure and (failure.status is not None or failure.drop):
            self._fail(failure, path, params)
            return
        token = self.headers.get("Authorization", "")
        status, body = x.answer(path, params, token)
        limit = x.limits.get(route_of(path))
        self._note(path, params, status)
        self._send(status, json.dumps(body).encode(), limit.headers() if limit else {})

    def _fail(self, failure: Failure, path: str, params: dict[str, str]) -> None:
        if failure.drop:
            self._note(path, params, None)
            self._hang_up()
            return
        status = failure.status or 200
        self._note(path, params, status)
        body = failure.body
        if body is None:
            body = problem(status, "Scripted", "Scripted by a test")[1]
        text = body if isinstance(body, str) else json.dumps(body)
        self._send(status, text.encode(), failure.headers, cut=failure.cut)

    def _note(self, path: str, params: dict[str, str], status: int | None) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.x.requests.append(SeenRequest(path, params, headers, status))

    def _send(
        self, status: int, body: bytes, headers: dict[str, str], *, cut: bool = False
    ) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self._headers_buffer.append(b"\r\n" + (body[: len(body) // 2] if cut else body))
        self.flush_headers()
        if cut:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the requests are kept instead."""


def _parsed(target: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(target)
    params = parse_qs(parts.query, keep_blank_values=True)
    return parts.path, {name: values[0] for name, values in params.items()}
