"""Waits for X's rate limits, up to a cap; a stop ends the wait at once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

WINDOW = timedelta(minutes=15)
FIRST_BACK_OFF = 5.0


class RateLimitWait:
    """Waits, and adds up the seconds of one run.

    `max_wait` caps their sum. `stop` ends a wait and the run. `on_wait` is called every
    `tick` seconds with the seconds left, and with 0 at the end of a wait.
    """

    def __init__(
        self,
        max_wait: float = 3600,
        stop: threading.Event | None = None,
        on_wait: Callable[[float], None] = lambda seconds: None,
        tick: float = 1.0,
    ) -> None:
        self.max_wait = max_wait
        self.stop = stop or threading.Event()
        self.on_wait = on_wait
        self.tick = tick
        self.waited = 0.0
        self._back_off = FIRST_BACK_OFF

    @property
    def stopped(self) -> bool:
        return self.stop.is_set()

    def until(self, reset_at: datetime | None) -> bool:
        """Wait until `reset_at`; if that is unknown or past, back off exponentially.

        Returns False if that would exceed the cap, or if a stop was asked for.
        """
        return self.seconds(self._seconds(reset_at))

    def seconds(self, seconds: float) -> bool:
        """Wait; return False if that would exceed the cap, or on a stop."""
        if self.waited + seconds > self.max_wait:
            return False
        self.waited += seconds
        left = seconds
        while left > 0 and not self.stop.is_set():
            self.on_wait(left)
            self.stop.wait(min(self.tick, left))
            left -= self.tick
        self.on_wait(0)
        return not self.stop.is_set()

    def succeeded(self) -> None:
        """Reset the exponential back-off."""
        self._back_off = FIRST_BACK_OFF

    def _seconds(self, reset_at: datetime | None) -> float:
        now = timezone.now()
        if reset_at is not None and now < reset_at <= now + 2 * WINDOW:
            return (reset_at - now).total_seconds() + 1
        seconds, self._back_off = self._back_off, self._back_off * 2
        return seconds
