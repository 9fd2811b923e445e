"""Prices of the X API, and a forecast of what a refresh reads and costs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, Min
from django.utils import timezone

from tweets.models import User, UserQuerySet

if TYPE_CHECKING:
    # Imported for types only: tweepy, behind it, would slow every command down.
    from tweets.x.session import Limits

# X charges this for a read, in dollars (pay per use, 2026).
POST_PRICE, USER_PRICE = 0.005, 0.010
# X shows so many of a user's newest posts, with replies and without.
DEPTH_WITH_REPLIES, DEPTH = 3_200, 800


def price(users: int, posts: int) -> float:
    """Return the price of reading so many users and posts, in dollars."""
    return users * USER_PRICE + posts * POST_PRICE


@dataclass(frozen=True)
class Forecast:
    """`posts` is an estimate, `most` an upper bound; costs are in dollars."""

    users: int
    posts: int
    most: int

    @property
    def cost(self) -> float:
        return price(self.users, self.posts)

    @property
    def highest_cost(self) -> float:
        return price(self.users, self.most)


def forecast(users: UserQuerySet, limits: "Limits") -> Forecast:
    """Forecast a refresh from stored tweets alone, without a request to X."""
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
    """Extrapolate the rate of the stored tweets to the time since the last refresh;
    for a user who was never read, what X says they have posted."""
    if first is None or last is None or user.newest_x_id is None:
        return depth if user.posts_on_x is None else user.posts_on_x
    since = max(filter(None, [user.refreshed_at, limits.since, last]))
    span = max(last - first, timedelta(days=1))
    return round(user.tweet_count * ((timezone.now() - since) / span)) + 1
