"""The budget of posts a day and a month, counted in the database over all processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from tweets.models import DayOfReading
from tweets.x.api.sizes import MIN_PAGE
from tweets.x.costs import price


class BudgetSpentError(Exception):
    """The budget of today or of this month does not allow the next request."""


@dataclass(frozen=True)
class Spent:
    """Posts and users read from X, today and in this calendar month (UTC)."""

    posts_today: int
    users_today: int
    posts_month: int
    users_month: int

    @property
    def cost_today(self) -> float:
        return price(self.users_today, self.posts_today)

    @property
    def cost_month(self) -> float:
        return price(self.users_month, self.posts_month)

    def left(self) -> int | None:
        """Return how many posts may still be read; None without a budget."""
        limits = [
            (settings.X_DAILY_POSTS, self.posts_today),
            (settings.X_MONTHLY_POSTS, self.posts_month),
        ]
        left = [limit - used for limit, used in limits if limit is not None]
        return max(0, min(left)) if left else None

    @property
    def is_spent(self) -> bool:
        """Whether too few posts are left for a page of somebody's posts."""
        left = self.left()
        return left is not None and left < MIN_PAGE

    def why_spent(self) -> str:
        """Say which budget is spent, and until when."""
        at_once = f", and X reads at least {MIN_PAGE} at once" if self.left() else ""
        daily, monthly = settings.X_DAILY_POSTS, settings.X_MONTHLY_POSTS
        of_the_day = None if daily is None else daily - self.posts_today
        if of_the_day is not None and max(0, of_the_day) == self.left():
            return (
                f"The budget of {daily:,} posts a day (X_DAILY_POSTS) is spent: "
                f"{self.posts_today:,} were read{at_once}. "
                "It begins anew at midnight, UTC."
            )
        return (
            f"The budget of {monthly or 0:,} posts a month (X_MONTHLY_POSTS) is spent: "
            f"{self.posts_month:,} were read{at_once}. "
            "It begins anew on the first of the month."
        )


@dataclass
class Reservation:
    """Posts set aside for one request, and how many it really read."""

    posts: int
    used: int = 0


def spent() -> Spent:
    """Return what was read from X today and in this month."""
    today = timezone.now().date()
    day = _sums(today, today)
    month = _sums(today.replace(day=1), today)
    return Spent(*day, *month)


def _sums(first: date, last: date) -> tuple[int, int]:
    found = DayOfReading.objects.filter(day__range=(first, last)).aggregate(
        posts=Sum("posts", default=0), users=Sum("users", default=0)
    )
    return found["posts"], found["users"]


@contextmanager
def reserved(most: int, fewest: int) -> Iterator[Reservation]:
    """Set posts aside for a request, at most so many; take back what it did not use.

    Raises BudgetSpentError if fewer than `fewest` are left.
    """
    today, posts = _reserve(most, fewest)
    reservation = Reservation(posts)
    try:
        yield reservation
    finally:
        DayOfReading.objects.filter(day=today).update(
            posts=F("posts") + reservation.used - posts
        )


@transaction.atomic
def _reserve(most: int, fewest: int) -> tuple[date, int]:
    today = timezone.now().date()
    DayOfReading.objects.get_or_create(day=today)
    # Locked, so that two processes cannot reserve the same posts.
    DayOfReading.objects.select_for_update().get(day=today)
    now = spent()
    left = now.left()
    posts = most if left is None else min(most, left)
    if posts < fewest:
        raise BudgetSpentError(now.why_spent())
    DayOfReading.objects.filter(day=today).update(posts=F("posts") + posts)
    return today, posts


def count_users(users: int) -> None:
    """Count users that X was asked about; they have no budget of their own."""
    day, _ = DayOfReading.objects.get_or_create(day=timezone.now().date())
    DayOfReading.objects.filter(pk=day.pk).update(users=F("users") + users)
