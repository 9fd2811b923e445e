"""Which texts train a user's signature."""

from prediction.training.feedback import accepted_texts
from tweets.models import Tweet

# X itself shows no more of a timeline.
MAX_TWEETS = 3_200


def eligible_texts(user_id: int, limit: int = MAX_TWEETS) -> list[str]:
    """Return the user's newest distinct texts that may train, oldest first.

    Accepted feedback comes before the oldest tweet, so it trains but is never part of
    the holdout.
    """
    return accepted_texts(user_id) + [
        text for _, text in eligible_tweets(user_id, limit)
    ]


def eligible_tweets(user_id: int, limit: int = MAX_TWEETS) -> list[tuple[int, str]]:
    """Return ids and texts of the user's newest distinct tweets that may train,
    oldest first."""
    rows = (
        Tweet.objects.filter(user_id=user_id)
        .long_enough()
        .newest_first()
        .values_list("gist", "pk", "text")
    )
    found: dict[int, tuple[int, str]] = {}
    for gist, pk, text in rows.iterator(chunk_size=2_000):
        found.setdefault(gist, (pk, text))
        if len(found) == limit:
            break
    return list(found.values())[::-1]
