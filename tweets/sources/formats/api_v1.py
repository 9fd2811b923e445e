"""Tweets of X's API 1.1, and those of X archives, which have the same fields."""

from collections.abc import Mapping
from typing import Any

from tweets.sources.fields.columns import find_columns
from tweets.sources.records import RawTweet

_REPLY_KEYS = (
    "in_reply_to_status_id_str",
    "in_reply_to_status_id",
    "in_reply_to_user_id_str",
    "in_reply_to_user_id",
    "in_reply_to_screen_name",
)
_AUTHORS = frozenset({"handle", "author_x_id", "link"})
_USER_KEYS = frozenset({"screen_name", "id", "id_str"})
_TELLING_KEYS = frozenset(
    {"id_str", "full_text", "in_reply_to_status_id", "retweeted_status", "entities"}
)


def is_tweet(value: object) -> bool:
    """Return whether a value is a tweet of API 1.1, with or without its author."""
    if not isinstance(value, dict) or not isinstance(full_text(value), str):
        return False
    return not _TELLING_KEYS.isdisjoint(value) and _has_author_or_none(value)


def _has_author_or_none(tweet: Mapping[str, Any]) -> bool:
    user = tweet.get("user")
    if user is None:
        return _AUTHORS.isdisjoint(find_columns(tweet))
    return isinstance(user, dict) and not _USER_KEYS.isdisjoint(user)


def raw_tweet(tweet: Mapping[str, Any], line: int | None) -> RawTweet:
    """Read a tweet. Its `retweeted` flag does not say whether it is a retweet."""
    user = tweet.get("user")
    author: Mapping[str, Any] = user if isinstance(user, dict) else {}
    return RawTweet(
        text=full_text(tweet),
        handle=author.get("screen_name"),
        author_x_id=author.get("id_str") or author.get("id"),
        author_name=author.get("name"),
        author_bio=author.get("description"),
        x_id=tweet.get("id_str") or tweet.get("id"),
        posted_at=tweet.get("created_at"),
        is_reply=any(tweet.get(key) for key in _REPLY_KEYS),
        is_retweet=bool(tweet.get("retweeted_status")),
        line=line,
    )


def full_text(tweet: Mapping[str, Any]) -> object:
    """Return the full text from whichever field this version of the API uses."""
    extended = tweet.get("extended_tweet")
    if isinstance(extended, dict) and isinstance(extended.get("full_text"), str):
        return extended["full_text"]
    return tweet["full_text"] if "full_text" in tweet else tweet.get("text")
