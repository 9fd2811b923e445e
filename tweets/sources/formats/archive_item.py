"""Tweets in the wrapper that X archives put around them."""

from collections.abc import Mapping
from typing import Any

from tweets.sources.formats import api_v1
from tweets.sources.records import RawTweet


def is_tweet(value: object) -> bool:
    """Return whether a value is a wrapped tweet."""
    tweet = value.get("tweet") if isinstance(value, dict) else None
    return isinstance(tweet, dict) and isinstance(api_v1.full_text(tweet), str)


def raw_tweet(item: Mapping[str, Any], line: int | None) -> RawTweet:
    """Read a wrapped tweet."""
    return api_v1.raw_tweet(item["tweet"], line)
