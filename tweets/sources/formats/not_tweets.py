"""Describes JSON values that hold no tweets, for error messages."""

from collections.abc import Mapping
from typing import Any

_ARCHIVE_PARTS = {
    "like": "an X archive's likes",
    "follower": "an X archive's followers",
    "following": "an X archive's followed accounts",
    "dmConversation": "private messages",
    "deletedTweet": "deleted tweets",
    "account": "an X archive's account data",
    "profile": "an X archive's profile",
    "ad": "an X archive's advertising data",
}
_ACTIVITIES = frozenset({"Create", "Announce", "Note"})


def describe(value: object) -> str:
    """Describe what a JSON value holds."""
    if not isinstance(value, dict):
        return "not an object"
    if elsewhere := of_another_network(value):
        return elsewhere
    data = value.get("data")
    if isinstance(data, list) and data:
        return _name(data[0]) if isinstance(data[0], dict) else "not an object"
    return _name(data if isinstance(data, dict) else value)


def of_another_network(value: Mapping[str, Any]) -> str | None:
    """Name whose posts these are; None if they may be tweets."""
    if "orderedItems" in value or str(value.get("type")) in _ACTIVITIES:
        return "posts of Mastodon"
    if isinstance(value.get("account"), dict) and "acct" in value["account"]:
        return "posts of Mastodon"
    if _is_of_bluesky(value):
        return "posts of Bluesky"
    data = value.get("data")
    if (isinstance(data, dict) and _is_of_the_web(data)) or "__typename" in value:
        return "an answer to X's own web pages (GraphQL)"
    return None


def _is_of_the_web(data: Mapping[str, Any]) -> bool:
    """Whether an answer's data are named parts; those of the API are one object."""
    parts = data.values()
    return "id" not in data and bool(data) and all(isinstance(p, dict) for p in parts)


def _is_of_bluesky(value: Mapping[str, Any]) -> bool:
    """Whether it is a record, a list of records, or a feed."""
    for key in ("records", "feed"):
        if isinstance(value.get(key), list) and value[key]:
            first = value[key][0]
            return isinstance(first, dict) and _is_of_bluesky(first.get("post", first))
    if isinstance(value.get("post"), dict):
        return _is_of_bluesky(value["post"])
    kind, address = str(value.get("$type", "")), str(value.get("uri", ""))
    return kind.startswith("app.bsky.") or address.startswith("at://")


def _name(item: Mapping[str, Any]) -> str:
    for key, name in _ARCHIVE_PARTS.items():
        if isinstance(item.get(key), dict):
            return name
    if "tweet_count" in item and "start" in item:
        return "counts of tweets"
    if "member_count" in item or "owner_id" in item:
        return "lists of users"
    if "action" in item or {"job_id", "download_url"} & item.keys():
        return "compliance data"
    if "errors" in item:
        return "an error message from X"
    if {"username", "screen_name", "followers_count"} & item.keys():
        return "users without tweets"
    return "an object without a tweet's text"
