"""Who refreshes whom: several processes, on one host or many, share the work.

A claim is a conditional update that changes a row or does not. It runs out by itself,
so that the work of a process that died is taken over.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from tweets.models import User, UserQuerySet

LEASE = timedelta(minutes=5)


def claim(users: UserQuerySet, limit: int) -> list[User]:
    """Takes up to so many users for this process, least recently refreshed first."""
    now = timezone.now()
    ordered = users.filter(_is_free(now)).order_by(
        F("refreshed_at").asc(nulls_first=True), "pk"
    )
    return [user for user in ordered[:limit] if _take(user, now)]


def keep(users: Iterable[User]) -> None:
    """Prolongs claims while the work goes on."""
    mine = User.objects.filter(pk__in=[user.pk for user in users])
    mine.update(claimed_until=timezone.now() + LEASE)


def release(users: Iterable[User]) -> None:
    mine = User.objects.filter(pk__in=[user.pk for user in users])
    mine.update(claimed_until=None)


def in_turn(
    users: UserQuerySet, not_since: datetime, size: int
) -> Iterator[list[User]]:
    """Claimed batches of users that nobody has tried to refresh since then."""
    tried: set[int] = set()
    waiting = users.filter(Q(refreshed_at=None) | Q(refreshed_at__lt=not_since))
    while waiting.filter(_is_free(timezone.now())).exclude(pk__in=tried).exists():
        batch = claim(waiting.exclude(pk__in=tried), size)
        if batch:
            yield batch
        # Who could not be refreshed just now is not tried for ever.
        tried |= {
            user.pk
            for user in batch
            if user.refreshed_at is None or user.refreshed_at < not_since
        }


def _is_free(now: datetime) -> Q:
    # A lease that ends too far away was given by a clock that has been set back.
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
