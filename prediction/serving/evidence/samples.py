"""Stored tweets of a group in which words and habits are counted."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from cachetools import LRUCache, cached

from tweets.models import Tweet, User

FIELDS = ("pk", "x_id", "text", "posted_at", "gist")
# Newest tweets of whoever a passage speaks for, and of all others together.
OWN, OTHERS = 400, 2_000
MOST_OTHERS = 20

Rows = list[tuple[int, int | None, str, datetime | None, int]]


def sample_of(users: Sequence[User], most: int, besides: int) -> list[Tweet]:
    """Return newest tweets, as many of each user, without those of one text.

    ``besides`` is that text's `gist`.
    """
    each = min(OWN, most // max(len(users), 1))
    return [
        Tweet(user=user, **dict(zip(FIELDS, row, strict=True)))
        for user in users
        for row in _newest(user.pk, user.revision)[:each]
        if row[-1] != besides
    ]


def _bytes(rows: Rows) -> int:
    return 200 * len(rows) + 2 * sum(len(row[2]) for row in rows)


# Keys name what was read: a user's revision goes up when the tweets change.
NEWEST: LRUCache[object, Rows] = LRUCache(32 * 2**20, _bytes)


@cached(NEWEST, lock=Lock())
def _newest(user_id: int, revision: int) -> Rows:
    """Return a user's newest tweets, the newest first."""
    tweets = Tweet.objects.filter(user_id=user_id).newest_first()
    return list(tweets.values_list(*FIELDS)[:OWN])
