"""A person's held-out tweets that are most and least like their others."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from prediction.engine.errors import DamagedModelError
from prediction.engine.models.signature import Holdout
from prediction.models import Signature
from prediction.training.eligible import eligible_tweets
from tweets.models import Tweet, User

SHOWN = 3


@dataclass(frozen=True)
class LikeThemselves:
    """Held-out tweets, the most like and the least like their author first."""

    most: list[Tweet]
    least: list[Tweet]


def like_themselves(user: User) -> LikeThemselves | None:
    """Rank the user's held-out tweets by the model that never saw them.

    None without a fresh signature: no page waits for one.
    """
    fresh = Signature.objects.in_use().filter(user=user)
    found = fresh.values_list("pk", "built_at", "held_out_count").first()
    if found is None:
        return None
    most, least = _ranked(user.pk, user.revision, *found)
    if not most:
        return None
    return LikeThemselves(_with(user, most), _with(user, least))


def _with(user: User, rows: list[Tweet]) -> list[Tweet]:
    for tweet in rows:
        tweet.user = user
    return rows


@lru_cache(maxsize=512)
def _ranked(
    user_id: int, revision: int, pk: int, built_at: object, count: int
) -> tuple[list[Tweet], list[Tweet]]:
    """Return the tweets at both ends; revision and `built_at` say of what."""
    stored = Signature.objects.filter(pk=pk).values_list("held_out", flat=True).first()
    try:
        holdout = Holdout.from_bytes(bytes(stored or b""))
    except DamagedModelError:
        return [], []
    # The newest, oldest first: as they were held out.
    ids = [pk for pk, _ in eligible_tweets(user_id, count)]
    scores = holdout.model.decision_function(holdout.features)[-len(ids) :]
    order = [ids[place] for place in np.argsort(-scores, kind="stable")]
    shown = min(SHOWN, len(order) // 2)
    tweets = Tweet.objects.in_bulk([*order[:shown], *order[-shown:]])
    return (
        [tweets[pk] for pk in order[:shown]],
        [tweets[pk] for pk in reversed(order[-shown:])],
    )
