"""Workers as processes beside another: they end with it, however it ends."""

import multiprocessing
import os
import signal
import threading
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnProcess
from typing import Any

import django
from django.core.management import call_command

from common.jobs.parents import exit_with_parent
from common.jobs.queues import BUILDS

PAUSE = 5.0  # seconds before one that was killed is started again


def begin_worker(**options: Any) -> SpawnProcess:
    """Start `db_worker` with these options in a process of its own.

    Ctrl-C at a terminal is for its parent, which then stops it by SIGTERM: a signal of
    its own would end its task, or its start with a traceback.
    """
    process = multiprocessing.get_context("spawn").Process(target=_work, kwargs=options)
    resource_tracker.ensure_running()  # later, it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()  # with what is blocked here
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


# Here, since a new process imports this module before Django is set up.
def _work(**options: Any) -> None:
    exit_with_parent()
    os.setpgrp()  # nor does closing the terminal end it before its parent has
    django.setup()
    call_command("db_worker", reload=False, **options)


class Companion(threading.Thread):
    """Keeps a worker for the queue `builds` running until the `with` block ends."""

    def __init__(self, **options: Any) -> None:
        super().__init__(daemon=True, name="companion")
        self._options = options | {"queue_name": BUILDS}
        self._stopping = threading.Event()
        self._process = begin_worker(**self._options)

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
            self._process = begin_worker(**self._options)
            if self._stopping.is_set():
                self._process.terminate()
            self._process.join()
