"""How long tests wait for what has to happen: none fails because a machine is busy."""

import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds


def wait_until(is_true: Callable[[], bool]) -> None:
    """Comes back once it is true. Raises TimeoutError after PATIENCE."""
    limit = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > limit:
            raise TimeoutError("it never happened")
        time.sleep(0.1)
