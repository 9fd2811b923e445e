"""Waits for users whom another run holds, and says why.

A run that was killed holds its users for up to a minute; a living one renews its lease.
"""

from collections.abc import Callable

from django.utils import timezone

from tweets.x.leases import SILENT_AFTER, Held
from tweets.x.rate_limit_wait import RateLimitWait

Say = Callable[[str], None]


class Takeover:
    """Decides about users whom other runs hold; `left` counts those it leaves to them.

    A run that does not answer is waited for until its lease ends. One that answered
    lately is left alone, at once if this run had work of its own, otherwise after one
    more look.
    """

    def __init__(self, wait: RateLimitWait, say: Say) -> None:
        self.left = 0
        self._wait = wait
        self._say = say
        self._has_looked = False

    def __call__(self, others: Held, has_worked: bool) -> bool:
        """Return whether to look again."""
        if others.is_silent:
            if self._wait_for(others):
                return True
        elif not (has_worked or self._has_looked):
            self._has_looked = True
            if self._wait.seconds((SILENT_AFTER - others.answered).total_seconds()):
                return True
        self.left = others.users
        return False

    def _wait_for(self, others: Held) -> bool:
        silent = f"{others.answered.total_seconds():.0f} s"
        self._say(
            f"{others.users:,} left to a run that has not answered for {silent}; "
            f"trying again at {timezone.localtime(others.free_at):%H:%M:%S}."
        )
        left = (others.free_at - timezone.now()).total_seconds()
        return self._wait.seconds(max(0.0, left) + 0.1)
