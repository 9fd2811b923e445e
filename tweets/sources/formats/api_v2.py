"""Tweets of X's API 2: its own pages, and pages or flat tweets of twarc.

X is renaming its fields, so each is read under both names.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tweets.sources.records import RawTweet

_REPLY_KEYS = ("conversation_id", "in_reply_to_user_id", "author_id")
_FLAT_KEYS = frozenset(
    {"author_id", "conversation_id", "edit_history_tweet_ids", "edit_history_post_ids"}
)


def is_tweet(value: object) -> bool:
    """Return whether a value is a flat tweet of API 2."""
    return (
        isinstance(value, dict)
        and "id" in value
        and isinstance(full_text(value), str)
        and not _FLAT_KEYS.isdisjoint(value)
        and isinstance(value.get("author", {}), dict)
        and "username" not in value
    )


def is_page(value: object) -> bool:
    """Return whether a value is an answer of API 2 with tweets, or an empty one."""
    if not isinstance(value, dict):
        return False
    data = value.get("data")
    if isinstance(data, dict):
        return _is_bare_tweet(data)
    if isinstance(data, list) and data:
        return any(_is_bare_tweet(item) for item in data)
    meta = value.get("meta")
    return isinstance(meta, dict) and meta.get("result_count") == 0


def _is_bare_tweet(value: object) -> bool:
    return (
        isinstance(value, dict) and "id" in value and isinstance(full_text(value), str)
    )


def page_tweets(page: Mapping[str, Any], line: int | None) -> Iterator[RawTweet]:
    """Yield the tweets of a page, without those that it merely includes."""
    users = included_users(page)
    data = page.get("data") or []
    for tweet in [data] if isinstance(data, dict) else data:
        if isinstance(tweet, dict):
            author = users.get(str(tweet.get("author_id")), {})
            yield raw_tweet(tweet, author, line)


def flat_tweet(tweet: Mapping[str, Any], line: int | None) -> RawTweet:
    """Read a tweet that contains its author."""
    return raw_tweet(tweet, _mapping(tweet.get("author")), line)


def included_users(page: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the users that a page includes, by their id."""
    users = _mapping(page.get("includes")).get("users")
    if not isinstance(users, list):
        return {}
    return {str(user.get("id")): user for user in users if isinstance(user, dict)}


def raw_tweet(
    tweet: Mapping[str, Any], author: Mapping[str, Any], line: int | None
) -> RawTweet:
    """Read a tweet whose author is given separately."""
    kinds = _referenced_kinds(tweet)
    says_replies = any(key in tweet for key in _REPLY_KEYS)
    is_reply = "replied_to" in kinds or bool(tweet.get("in_reply_to_user_id"))
    return RawTweet(
        text=full_text(tweet),
        handle=author.get("username"),
        author_x_id=tweet.get("author_id"),
        author_name=author.get("name"),
        author_bio=author.get("description"),
        x_id=tweet.get("id"),
        posted_at=tweet.get("created_at"),
        is_reply=is_reply or (None if not says_replies else False),
        is_retweet=bool(kinds & {"retweeted", "reposted"}),
        line=line,
    )


def full_text(tweet: Mapping[str, Any]) -> object:
    """Return the full text: that of a long post has a field of its own."""
    for key in ("note_tweet", "note_post"):
        text = _mapping(tweet.get(key)).get("text")
        if isinstance(text, str) and text:
            return text
    return tweet.get("text")


def _referenced_kinds(tweet: Mapping[str, Any]) -> set[str]:
    references = tweet.get("referenced_tweets") or tweet.get("referenced_posts")
    if not isinstance(references, list):
        return set()
    return {str(item.get("type")) for item in references if isinstance(item, dict)}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
