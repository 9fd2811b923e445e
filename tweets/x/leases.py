"""Leases on users, so that several processes or hosts can share one refresh.

A process takes a lease by a conditional update, which changes one row or none, and
extends it every few seconds by a thread of its own. The lease of a process that died
ends within a minute, so that others take over its users.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection
from django.db.models import Min, Q
from django.utils import timezone

from tweets.models import User, UserQuerySet

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
BEAT = timedelta(seconds=10)
# Two beats that did not come: the process is dead, stopped or cut off.
SILENT_AFTER = timedelta(seconds=25)


class Lease:
    """Users that belong to this process until the `with` block ends."""

    def __init__(self, users: list[User], until: datetime) -> None:
        self.users = users
        self._until = until
        self._lost: set[int] = set()
        self._ended = threading.Event()
        self._extending = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._beat, daemon=True, name="lease").start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the users up, so that others can refresh them."""
        self._ended.set()
        self._mine().update(claimed_until=None)

    def holds(self, user: User) -> bool:
        """Whether nobody else has taken this user, as happens after a pause of the
        whole machine."""
        if timezone.now() >= self._until:
            self.extend()
        return user.pk not in self._lost

    def extend(self) -> None:
        """Extend the lease on all users that were not taken meanwhile."""
        with self._extending:
            until = timezone.now() + LEASE
            extended = self._mine().update(claimed_until=until)
            if extended < len(self.users) - len(self._lost):
                taken = self._stored().exclude(claimed_until=until)
                self._lost |= set(taken.values_list("pk", flat=True))
            self._until = until

    def _mine(self) -> UserQuerySet:
        return self._stored().filter(claimed_until=self._until)

    def _stored(self) -> UserQuerySet:
        return User.objects.filter(pk__in=[user.pk for user in self.users])

    def _beat(self) -> None:
        while not self._ended.wait(BEAT.total_seconds()):
            try:
                self.extend()
            except DatabaseError:
                logger.warning("A lease could not be extended.", exc_info=True)
                connection.close()
        connection.close()


@dataclass(frozen=True)
class Held:
    """Users that other runs hold; the first of them answered so long ago, and are free
    at `free_at` unless it answers again."""

    users: int
    answered: timedelta
    free_at: datetime

    @property
    def is_silent(self) -> bool:
        return self.answered >= SILENT_AFTER


def in_turn(
    users: UserQuerySet, size: int, wait: Callable[[Held, bool], bool]
) -> Iterator[Lease]:
    """Yield leased batches, in the order of `users`, until none is left to try.

    Each user is tried once, unless the work takes them out of `users`. `wait` is called
    with what other runs hold, and whether this one had work so far; it returns whether
    to look again.
    """
    tried: set[int] = set()
    has_worked = False
    while True:
        waiting = users.exclude(pk__in=tried)
        lease = acquire(waiting, size)
        if lease is not None:
            has_worked = True
            with lease:
                yield lease
            batch = users.filter(pk__in=[user.pk for user in lease.users])
            tried |= set(batch.values_list("pk", flat=True))
            continue
        others = held(waiting)
        if others is None or not wait(others, has_worked):
            return


def acquire(users: UserQuerySet, limit: int) -> Lease | None:
    """Lease the first `limit` users that are free to this process; None if none is."""
    now = timezone.now()
    free = users.filter(_is_free(now))
    while candidates := list(free[:limit]):
        taken = [user for user in candidates if _take(user, now)]
        if taken:
            return Lease(taken, now + LEASE)
    return None


def held(users: UserQuerySet) -> Held | None:
    """Return what other runs hold of these users, if anything: the part of the run that
    has been silent for the longest time."""
    now = timezone.now()
    taken = users.exclude(_is_free(now))
    first = taken.aggregate(at=Min("claimed_until"))["at"]
    if first is None:
        return None
    answered = LEASE - (first - now)
    if answered >= SILENT_AFTER:
        taken = taken.filter(claimed_until__lte=now + LEASE - SILENT_AFTER)
    return Held(taken.count(), answered, first)


def _is_free(now: datetime) -> Q:
    # A lease that ends too far ahead was taken before the clock was set back.
    return (
        Q(claimed_until=None)
        | Q(claimed_until__lt=now)
        | Q(claimed_until__gt=now + 2 * LEASE)
    )


def _take(user: User, now: datetime) -> bool:
    unchanged = User.objects.filter(
        _is_free(now), pk=user.pk, refreshed_at=user.refreshed_at
    )
    return bool(unchanged.update(claimed_until=now + LEASE))
