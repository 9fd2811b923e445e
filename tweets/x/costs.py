"""What a refresh would read and cost, guessed from how often people posted so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, Min
from django.utils import timezone

from tweets.models import User, UserQuerySet
from tweets.x.prices import POST, USER

if TYPE_CHECKING:
    # tweepy, behind it, would slow every command down.
    from tweets.x.timeline import Limits

# How far back X shows a timeline, with replies and without.
DEPTH_WITH_REPLIES, DEPTH = 3_200, 800


@dataclass(frozen=True)
class Forecast:
    """`posts` is a guess, `most` a bound; costs are in dollars."""

    users: int
    posts: int
    most: int

    @property
    def cost(self) -> float:
        return self.users * USER + self.posts * POST

    @property
    def highest_cost(self) -> float:
        return self.users * USER + self.most * POST


def forecast(users: UserQuerySet, limits: "Limits") -> Forecast:
    """Looks at what is stored only: nothing is asked of X."""
    depth = DEPTH_WITH_REPLIES if limits.include_replies else DEPTH
    expected = most = count = 0
    for user in users.annotate(
        first=Min("tweets__posted_at"), last=Max("tweets__posted_at")
    ).iterator():
        count += 1
        most += depth
        expected += min(_expected(user, user.first, user.last, limits, depth), depth)
    if limits.max_posts is not None:
        expected, most = min(expected, limits.max_posts), min(most, limits.max_posts)
    return Forecast(count, expected, most)


def _expected(
    user: User,
    first: datetime | None,
    last: datetime | None,
    limits: "Limits",
    depth: int,
) -> int:
    """New posts since the last refresh, at the pace of those that are stored."""
    if first is None or last is None or user.newest_x_id is None:
        return depth
    since = max(filter(None, [user.refreshed_at, limits.since, last]))
    span = max(last - first, timedelta(days=1))
    return round(user.tweet_count * ((timezone.now() - since) / span)) + 1
