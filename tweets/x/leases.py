"""Leases on users, so that several processes or hosts can share one refresh.

A process takes a lease by a conditional update, which changes one row or none. A lease
expires by itself, so that others take over the users of a process that died.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from tweets.models import User, UserQuerySet

LEASE = timedelta(minutes=5)


def acquire(users: UserQuerySet, limit: int) -> list[User]:
    """Lease up to `limit` users to this process, least recently refreshed first."""
    now = timezone.now()
    ordered = users.filter(_is_free(now)).order_by(
        F("refreshed_at").asc(nulls_first=True), "pk"
    )
    return [user for user in ordered[:limit] if _take(user, now)]


def extend(users: Iterable[User]) -> None:
    """Extend leases during the refresh."""
    mine = User.objects.filter(pk__in=[user.pk for user in users])
    mine.update(claimed_until=timezone.now() + LEASE)


def release(users: Iterable[User]) -> None:
    """Give leases up, so that others can refresh these users."""
    mine = User.objects.filter(pk__in=[user.pk for user in users])
    mine.update(claimed_until=None)


def in_turn(
    users: UserQuerySet, not_since: datetime, size: int
) -> Iterator[list[User]]:
    """Yield leased batches of users that were not refreshed since `not_since`."""
    tried: set[int] = set()
    due = users.filter(Q(refreshed_at=None) | Q(refreshed_at__lt=not_since))
    while due.filter(_is_free(timezone.now())).exclude(pk__in=tried).exists():
        batch = acquire(due.exclude(pk__in=tried), size)
        if batch:
            yield batch
        # A user whose refresh failed is not tried a second time.
        tried |= {
            user.pk
            for user in batch
            if user.refreshed_at is None or user.refreshed_at < not_since
        }


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
