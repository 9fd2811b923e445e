"""Visitors who ask one question after the other, and what each of them got."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Self

from tests.patience import PATIENCE, wait_until

QUESTION = json.dumps({"text": "The lamp is lit and the wind is up", "users": "all"})
HEADERS = {"Content-Type": "application/json", "Connection": "close"}


@dataclass(frozen=True)
class Answer:
    """When it was asked (monotonic seconds), and the status; None without an answer."""

    asked: float
    status: int | None
    refused: bool


@dataclass
class Traffic:
    """Asks over so many connections at once until the block ends, with a pause (in
    seconds) after each answer."""

    port: int
    connections: int = 6
    pause: float = 0
    answers: list[Answer] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        for _ in range(self.connections):
            thread = threading.Thread(target=self._visit)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def since(self, moment: float) -> list[Answer]:
        return [answer for answer in self.answers if answer.asked >= moment]

    def wait_for(self, count: int, status: int, since: float = 0) -> None:
        """Until so many questions asked after the moment got this status."""
        wait_until(
            lambda: (
                sum(answer.status == status for answer in self.since(since)) >= count
            )
        )

    def _visit(self) -> None:
        while not self._stop.is_set():
            answer = ask(self.port)
            self.answers.append(answer)
            self._stop.wait(0.05 if answer.refused else self.pause)


def ask(port: int, body: str = QUESTION) -> Answer:
    """One question over a connection of its own."""
    asked = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.connect()
    except OSError:
        return Answer(asked, None, refused=True)
    try:
        connection.request("POST", "/api/v1/predictions", body, HEADERS)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return Answer(asked, None, refused=False)
    finally:
        connection.close()
    return Answer(asked, answer.status, refused=False)
