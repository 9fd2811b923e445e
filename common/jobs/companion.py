"""A second process beside a worker, which takes the builds."""

import multiprocessing
import threading
from typing import Any

import django
from django.core.management import call_command

from common.jobs.parents import exit_with_parent
from common.jobs.queues import BUILDS

PAUSE = 5.0  # seconds before one that was killed is started again


class Companion(threading.Thread):
    """Keeps a worker for the queue `builds` running until the `with` block ends."""

    def __init__(self, **options: Any) -> None:
        super().__init__(daemon=True, name="companion")
        self._options = options
        self._stopping = threading.Event()
        self._process = self._begin()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *error: object) -> None:
        """Let it finish its task."""
        self._stopping.set()
        self._process.terminate()
        self.join()

    def run(self) -> None:
        self._process.join()
        while not self._stopping.wait(PAUSE):
            self._process = self._begin()
            if self._stopping.is_set():
                self._process.terminate()
            self._process.join()

    def _begin(self) -> Any:
        spawning = multiprocessing.get_context("spawn")
        process = spawning.Process(target=_work, kwargs=self._options)
        process.start()
        return process


def _work(**options: Any) -> None:
    exit_with_parent()
    django.setup()
    call_command("db_worker", queue_name=BUILDS, reload=False, **options)
