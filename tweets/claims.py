"""Who refreshes whom: several processes, on one host or many, share the work.

A claim is a conditional update that changes one row or none. It runs out by itself, so
that the work of a process that died is taken over.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from tweets.models import User, UserQuerySet

LEASE = timedelta(minutes=5)


def claim(user: User) -> bool:
    """Takes the user for this process, unless another has it."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    # A lease that ends too far away was given by a clock that has been set back.
    free |= Q(claimed_until__gt=now + 2 * LEASE)
    taken = User.objects.filter(free, pk=user.pk).update(claimed_until=now + LEASE)
    return bool(taken)


def prolong(user: User) -> None:
    """Keeps the claim while the work goes on."""
    User.objects.filter(pk=user.pk).update(claimed_until=timezone.now() + LEASE)


def release(user: User) -> None:
    User.objects.filter(pk=user.pk).update(claimed_until=None)


def claimed_in_turn(users: UserQuerySet, not_since: datetime) -> Iterator[User]:
    """Users not refreshed since then, least recently refreshed first, each claimed for
    this process when it is yielded."""
    tried: set[int] = set()
    while user := _next(users, not_since, tried):
        tried.add(user.pk)
        if claim(user):
            user.refresh_from_db()
            # Another process may have refreshed it between our look and our claim.
            if user.refreshed_at is None or user.refreshed_at < not_since:
                yield user
            else:
                release(user)


def _next(users: UserQuerySet, not_since: datetime, tried: set[int]) -> User | None:
    waiting = users.filter(Q(refreshed_at=None) | Q(refreshed_at__lt=not_since))
    ordered = waiting.order_by(F("refreshed_at").asc(nulls_first=True), "pk")
    return ordered.exclude(pk__in=tried).first()
