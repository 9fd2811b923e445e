"""A bar chart of how many tweets a user posted in each month."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth

from tweets.models import User

MONTHS_SHOWN = 36
WIDTH, HEIGHT = 12, 60


@dataclass(frozen=True)
class Month:
    """One bar; x, y and height are in units of the chart."""

    first: date
    tweets: int
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class PostingTimes:
    months: list[Month]
    busiest: Month

    @property
    def width(self) -> int:
        return WIDTH * len(self.months)


def posting_times(user: User) -> PostingTimes | None:
    """Count the months up to the newest tweet; None if fewer than two have a date."""
    dated = user.tweets.exclude(posted_at=None).order_by()
    counted = dated.annotate(month=TruncMonth("posted_at")).values_list("month")
    counts = {
        month.date(): tweets for month, tweets in counted.annotate(tweets=Count("id"))
    }
    if len(counts) < 2:
        return None
    shown = _months(min(counts), max(counts))[-MONTHS_SHOWN:]
    most = max(counts.get(first, 0) for first in shown)
    months = [
        _bar(number, first, counts.get(first, 0), most)
        for number, first in enumerate(shown)
    ]
    return PostingTimes(months, max(months, key=lambda month: month.tweets))


def _months(first: date, last: date) -> list[date]:
    count = 12 * (last.year - first.year) + last.month - first.month + 1
    start = 12 * first.year + first.month - 1
    return [
        date(month // 12, month % 12 + 1, 1) for month in range(start, start + count)
    ]


def _bar(number: int, first: date, tweets: int, most: int) -> Month:
    height = round(HEIGHT * tweets / most, 1)
    return Month(first, tweets, WIDTH * number, HEIGHT - height, height)
