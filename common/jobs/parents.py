"""Processes that end with the one that started them, however that ends."""

import multiprocessing
import os
import threading


def exit_with_parent() -> None:
    """Watch the parent in a thread, and exit at once when it has ended.

    Without this, a child whose parent is killed would go on for ever.
    """
    threading.Thread(target=_wait_and_exit, daemon=True, name="parent").start()


def _wait_and_exit() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
