"""Finds out which tweets are not stored yet, so that each is stored once."""

from collections.abc import Iterator

from tweets.models import Tweet
from tweets.store.bulk_insert import NewTweet


def not_stored(user_id: int, tweets: list[NewTweet]) -> Iterator[NewTweet]:
    """Yield the tweets of one user that are not stored yet, each once.

    Two tweets are the same if they have the same X id or, where they have none, the
    same text.
    """
    stored = Tweet.objects.filter(user_id=user_id)
    ids = [tweet.x_id for tweet in tweets if tweet.x_id is not None]
    digests = [tweet.digest for tweet in tweets if tweet.x_id is None]
    # Files are mostly in order, and a query with thousands of ids is slow.
    near = stored.filter(x_id__range=(min(ids), max(ids))) if ids else stored.none()
    seen_ids = set(near.order_by().values_list("x_id", flat=True))
    seen_digests = set(
        stored.filter(x_id=None, digest__in=digests).values_list("digest", flat=True)
    )
    for tweet in tweets:
        seen, key = (
            (seen_digests, tweet.digest)
            if tweet.x_id is None
            else (seen_ids, tweet.x_id)
        )
        if key not in seen:
            seen.add(key)
            yield tweet
