"""JSON objects with a text and an author under any of the usual names."""

from collections.abc import Mapping
from typing import Any

from tweets.sources.fields.columns import find_columns, row_to_raw
from tweets.sources.formats.not_tweets import of_another_network
from tweets.sources.records import RawTweet


def is_tweet(value: object) -> bool:
    """Return whether a value is an object with a text."""
    if not isinstance(value, dict) or of_another_network(value):
        return False
    columns = find_columns(value).get("text", [])
    return any(isinstance(value[name], str) for name in columns)


def raw_tweet(tweet: Mapping[str, Any], line: int | None) -> RawTweet:
    """Read an object; its user may be an object too."""
    row = dict(tweet)
    for key, value in tweet.items():
        if isinstance(value, dict):
            row.pop(key)
            if key.lower() in {"user", "author"}:
                row = {**_user_fields(value), **row}
    return row_to_raw(row, find_columns(row), line)


def _user_fields(user: Mapping[str, Any]) -> dict[str, object]:
    columns = find_columns(user)
    handle = next((user[name] for name in columns.get("handle", ())), None)
    return {
        "username": handle,
        "user_id": user.get("id_str") or user.get("id"),
        "display_name": user.get("name"),
    }
