"""Tweets as snscrape saves them."""

from collections.abc import Mapping
from typing import Any

from tweets.sources.records import RawTweet


def is_tweet(value: object) -> bool:
    """Return whether a value is a tweet of snscrape, of any version."""
    return (
        isinstance(value, dict)
        and ("rawContent" in value or "content" in value)
        and isinstance(value.get("user"), dict)
        and "username" in value["user"]
    )


def raw_tweet(tweet: Mapping[str, Any], line: int | None) -> RawTweet:
    """Read a tweet."""
    user = tweet["user"]
    return RawTweet(
        text=tweet.get("rawContent") or tweet.get("content"),
        handle=user.get("username"),
        author_x_id=user.get("id"),
        author_name=user.get("displayname"),
        author_bio=user.get("rawDescription") or user.get("description"),
        x_id=tweet.get("id"),
        posted_at=tweet.get("date"),
        is_reply=bool(tweet.get("inReplyToTweetId") or tweet.get("inReplyToUser")),
        is_retweet=bool(tweet.get("retweetedTweet")),
        line=line,
    )
