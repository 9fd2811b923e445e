"""Connections whose requests are still arriving, which hold no thread meanwhile."""

import re
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

# So much of a request is waited for; a longer one is read by its thread.
WAITED_FOR = 32 * 1024
SECONDS_TO_ARRIVE = 20.0
# After so many seconds without a byte, a thread gives up a client.
SECONDS_STALLED = 10
END_OF_HEADERS = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)

Then = Callable[[Any], object]


def is_complete(sock: socket.socket) -> bool:
    """Whether a request has arrived, or as much of it as is waited for, or its end."""
    try:
        begun = sock.recv(WAITED_FOR, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True  # whoever reads it sees the error
    if not begun or len(begun) == WAITED_FOR:
        return True
    headers, end, body = begun.partition(END_OF_HEADERS)
    if not end:
        return False
    length = LENGTH.search(headers + b"\r\n")
    return length is None or len(body) >= min(
        int(length[1]), WAITED_FOR - len(headers) - len(end)
    )


def limit_stalls(sock: socket.socket) -> None:
    """End reads and writes of a blocking socket that make no progress."""
    stalled = struct.pack("ll", SECONDS_STALLED, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, stalled)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, stalled)


class Arrivals(threading.Thread):
    """Watches connections, and passes each on when its request has arrived, or gives it
    up when that takes too long."""

    def __init__(self, arrived: Then, given_up: Then) -> None:
        super().__init__(daemon=True, name="arrivals")
        self.arrived, self.given_up = arrived, given_up
        self._epoll = select.epoll()
        self._waiting: dict[int, tuple[Any, float]] = {}
        self._lock = threading.Lock()

    def watch(self, conn: Any) -> None:
        """Watch a connection; what has arrived already counts, too."""
        descriptor = conn.sock.fileno()
        with self._lock:
            self._waiting[descriptor] = conn, time.monotonic() + SECONDS_TO_ARRIVE
            # Edge-triggered: each new piece wakes the thread once.
            self._epoll.register(descriptor, select.EPOLLIN | select.EPOLLET)

    def run(self) -> None:
        while True:
            for descriptor, _ in self._epoll.poll(1.0):
                with self._lock:
                    found = self._waiting.get(descriptor)
                if found and is_complete(found[0].sock):
                    self.arrived(self._forget(descriptor))
            for descriptor in self._overdue():
                self.given_up(self._forget(descriptor))

    def _overdue(self) -> list[int]:
        now = time.monotonic()
        with self._lock:
            return [
                descriptor
                for descriptor, (_, deadline) in self._waiting.items()
                if deadline < now
            ]

    def _forget(self, descriptor: int) -> Any:
        with self._lock:
            conn, _ = self._waiting.pop(descriptor)
            self._epoll.unregister(descriptor)
        return conn
