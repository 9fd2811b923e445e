"""Prices of the X API, and a forecast of what a refresh reads and costs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, Min, OuterRef
from django.utils import timezone

from tweets.models import Fetch, Gap, User, UserQuerySet
from tweets.store.identity import time_of

if TYPE_CHECKING:
    # Imported for types only: tweepy, behind it, would slow every command down.
    from tweets.x.session import Limits

# X charges this for a read, in dollars (pay per use, 2026).
POST_PRICE, USER_PRICE = 0.005, 0.010
# X shows so many of a user's newest posts, with replies and without.
DEPTH_WITH_REPLIES, DEPTH = 3_200, 800
CHUNK = 500


def price(users: int, posts: int) -> float:
    """Return the price of reading so many users and posts, in dollars."""
    return users * USER_PRICE + posts * POST_PRICE


@dataclass(frozen=True)
class Forecast:
    """`posts` is an estimate, `most` an upper bound; costs are in dollars.

    `charged` counts those of the users whom X charges for: each once a day.
    """

    users: int
    charged: int
    posts: int
    most: int

    @property
    def cost(self) -> float:
        return price(self.charged, self.posts)

    @property
    def highest_cost(self) -> float:
        return price(self.charged, self.most)


def charged_users(users: UserQuerySet) -> UserQuerySet:
    """Select whom X charges for when they are looked up: each once a day, UTC."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    fetched = Fetch.objects.filter(user=OuterRef("pk"), started_at__gte=midnight)
    return users.exclude(checked_at__gte=midnight).filter(~Exists(fetched))


def forecast(users: UserQuerySet, limits: "Limits") -> Forecast:
    """Forecast a refresh from stored tweets alone, without a request to X."""
    depth = _depth(limits)
    expected = most = count = 0
    dated = users.annotate(
        first=Min("tweets__posted_at"), last=Max("tweets__posted_at")
    )
    for user in dated.prefetch_related("gaps").iterator(chunk_size=CHUNK):
        count += 1
        most += depth
        expected += min(_expected(user, user.first, user.last, limits), depth)
    if limits.max_posts is not None:
        expected, most = min(expected, limits.max_posts), min(most, limits.max_posts)
    return Forecast(count, charged_users(users).count(), expected, most)


def shown(user: User, limits: "Limits") -> int:
    """Return how many posts of a user X shows, by what it said at the last look-up."""
    depth = _depth(limits)
    return depth if user.posts_on_x is None else min(user.posts_on_x, depth)


def _depth(limits: "Limits") -> int:
    return DEPTH_WITH_REPLIES if limits.include_replies else DEPTH


def _expected(
    user: User, first: datetime | None, last: datetime | None, limits: "Limits"
) -> int:
    """Extrapolate the rate of the stored tweets to the time since the last refresh, and
    add what earlier runs left unread; for a user who was never read, it is everything
    that X shows."""
    if first is None or last is None or user.newest_x_id is None:
        return shown(user, limits)
    since = max(filter(None, [user.refreshed_at, limits.since, last]))
    span = max(last - first, timedelta(days=1))

    def posts_in(time: timedelta) -> int:
        return round(user.tweet_count * (time / span))

    gaps = sum(_in_gap(gap, user, limits, posts_in) for gap in user.gaps.all())
    return posts_in(timezone.now() - since) + 1 + gaps


def _in_gap(
    gap: Gap, user: User, limits: "Limits", posts_in: Callable[[timedelta], int]
) -> int:
    begin, end = time_of(gap.above), time_of(gap.below)
    if begin is not None and end is not None:
        return posts_in(end - begin)
    read = user.tweets.filter(x_id__gte=gap.below).count()
    return max(0, shown(user, limits) - read)
