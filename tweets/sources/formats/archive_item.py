"""A tweet in the wrapping that X's archives put around it."""

from collections.abc import Mapping
from typing import Any

from tweets.sources.formats import v1
from tweets.sources.records import RawTweet


def is_tweet(value: object) -> bool:
    """Tell a wrapped tweet."""
    tweet = value.get("tweet") if isinstance(value, dict) else None
    return isinstance(tweet, dict) and isinstance(v1.full_text(tweet), str)


def raw_tweet(item: Mapping[str, Any], line: int | None) -> RawTweet:
    """Read a tweet out of its wrapping."""
    return v1.raw_tweet(item["tweet"], line)
