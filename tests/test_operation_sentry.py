"""Faults reach Sentry where it is set up, and nothing about people goes along."""

import gzip
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.served import served

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
KEY = "hypo_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
PRIVATE = [KEY, "198.51.100.7", "a visitor typed this", "visitors-cookie", "of-ann"]


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[str]]]:
    """A DSN on loopback, and what arrives there."""
    arrived: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            arrived.append(body.decode("utf-8", "replace"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://public@127.0.0.1:{server.server_port}/1", arrived
    server.shutdown()


def ask(port: int) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/fault/?q=of-ann&key={KEY}",
        data=b"text=a visitor typed this",
        headers={
            "X-Request-ID": "of-this-test",
            "Cookie": "sessionid=visitors-cookie",
            "Authorization": f"Bearer {KEY}",
            "X-Forwarded-For": "198.51.100.7",
        },
    )
    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(request)


def test_a_fault_is_reported_without_anything_personal(
    tmp_path: Path, sentry: tuple[str, list[str]]
) -> None:
    dsn, arrived = sentry
    settings = {"DJANGO_SETTINGS_MODULE": "tests.faulty_settings", "SENTRY_DSN": dsn}
    with served(tmp_path, TRUSTED_PROXIES="1", **settings) as port:
        ask(port)
    reports = [json.loads(line) for text in arrived for line in text.splitlines()]
    events = [report for report in reports if "exception" in report]
    assert len(events) == 1
    assert events[0]["exception"]["values"][-1]["type"] == "RuntimeError"
    assert events[0]["tags"]["request_id"] == "of-this-test"
    assert events[0]["request"] == {"method": "POST", "url": "/fault/"}
    assert [found for found in PRIVATE if found in "".join(arrived)] == []
