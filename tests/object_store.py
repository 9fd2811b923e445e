"""A store of files that many machines share over HTTP, and Django's storage for it."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

FORM = "%a, %d %b %Y %H:%M:%S GMT"


@contextmanager
def object_store() -> Iterator[str]:
    """What UPLOAD_STORAGE is for a store that is there until the block ends."""
    kept: dict[str, tuple[bytes, datetime]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept[self.path] = (body, datetime.now(UTC))
            self.answer(b"")

        def do_GET(self) -> None:
            if self.path.endswith("/"):
                names = (n.removeprefix(self.path) for n in [*kept])
                self.answer("\n".join(n for n in names if "/" not in n).encode())
            elif self.path in kept:
                self.answer(*kept[self.path])
            else:
                self.send_error(404)

        def do_DELETE(self) -> None:
            kept.pop(self.path, None)
            self.answer(b"")

        def answer(self, body: bytes, at: datetime | None = None) -> None:
            self.send_response(200)
            if at:
                self.send_header("Last-Modified", at.strftime(FORM))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        yield f"tests.object_store.HttpStorage?address={address}"
    finally:
        server.shutdown()
        server.server_close()


class HttpStorage(Storage):
    """No file of it is on this machine, so it has no `path`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def _open(self, name: str, mode: str = "rb") -> File:
        return ContentFile(self._ask("GET", name)[0], name)

    def _save(self, name: str, content: File) -> str:
        content.seek(0)
        self._ask("PUT", name, content.read())
        return name

    def delete(self, name: str) -> None:
        self._ask("DELETE", name)

    def exists(self, name: str) -> bool:
        return name.rpartition("/")[2] in self.listdir(name.rpartition("/")[0])[1]

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        names, _ = self._ask("GET", f"{path.rstrip('/')}/".lstrip("/"))
        return [], names.decode().split()

    def get_modified_time(self, name: str) -> datetime:
        headers = self._ask("GET", name)[1]
        return datetime.strptime(headers["Last-Modified"], FORM).replace(tzinfo=UTC)

    def _ask(self, method: str, name: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.address}/{name}", data=body, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            raise FileNotFoundError(name) from error
