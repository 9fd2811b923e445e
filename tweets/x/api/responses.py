"""Reads the X API's answers into records, under old and new field names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tweets.sources.fields.checker import Checker
from tweets.sources.fields.identifiers import parse_x_id
from tweets.sources.formats import api_v2
from tweets.sources.records import Problem, TweetRecord
from tweets.x.api.errors import XError, XErrorKind


class XStatus(StrEnum):
    """The status of a user or of a post on X."""

    ACTIVE = "active"
    PROTECTED = "protected"
    SUSPENDED = "suspended"
    NOT_FOUND = "not_found"
    EDITED = "edited"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user on X; `posts` is how many posts they ever made, if X says so."""

    x_id: int
    handle: str
    name: str
    bio: str
    status: XStatus
    posts: int | None


@dataclass(frozen=True, slots=True)
class UserLookUp:
    """The users found, and for each of the others why it was not.

    The keys of `missing` are spelled as in the request.
    """

    found: list[UserRecord]
    missing: dict[str, XStatus] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a timeline, newest first.

    `posts_read` is what X counts and charges; `problems` are posts among them that
    could not be read. An empty page with a `next_token` is normal: read the next.
    `newest_id` and `oldest_id` are those of this page's posts, None for an empty page.
    """

    records: list[TweetRecord]
    problems: list[Problem]
    posts_read: int
    next_token: str | None
    newest_id: int | None
    oldest_id: int | None
    status: XStatus


@dataclass(frozen=True, slots=True)
class PostLookUp:
    """The posts that X still shows unchanged, and why the others are gone.

    A post that X's answer does not mention is in neither.
    """

    existing: set[int]
    gone: dict[int, XStatus]

    @property
    def posts_read(self) -> int:
        """What X counts and charges."""
        return len(self.existing)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the project has read in the current month."""

    project_usage: int
    project_cap: int | None
    cap_reset_day: int | None


def read_users(answer: Mapping[str, Any], asked: Sequence[str]) -> UserLookUp:
    """Read an answer about users; `asked` are the handles or ids of the request."""
    items = _items(answer)
    _require(items, "username")
    _require(items, "protected")
    found = [_user(item) for item in items]
    seen = {user.handle.lower() for user in found} | {str(user.x_id) for user in found}
    errors = {str(error.get("value")).lower(): error for error in _errors(answer)}
    missing = {
        name: status_of_error(errors[name.lower()])
        if name.lower() in errors
        else XStatus.NOT_FOUND
        for name in asked
        if name.lower() not in seen
    }
    return UserLookUp(found, missing)


def _user(item: Mapping[str, Any]) -> UserRecord:
    x_id = _id(item)
    if x_id is None:
        raise _bad_answer("a user without an id")
    metrics = item.get("public_metrics")
    return UserRecord(
        x_id=x_id,
        handle=str(item.get("username")),
        name=str(item.get("name") or ""),
        bio=str(item.get("description") or ""),
        status=XStatus.PROTECTED if item.get("protected") else XStatus.ACTIVE,
        posts=_posts(metrics if isinstance(metrics, dict) else {}),
    )


def _posts(metrics: Mapping[str, Any]) -> int | None:
    count = metrics.get("tweet_count", metrics.get("post_count"))
    return count if isinstance(count, int) else None


def read_page(answer: Mapping[str, Any]) -> Page:
    """Read a page of a timeline, or the reason why there is none."""
    items = _items(answer)
    _require(items, "created_at")
    _require(items, "author_id")
    checker = Checker()
    checked = [checker.check(api_v2.raw_tweet(item, {}, None)) for item in items]
    ids = [x_id for x_id in map(_id, items) if x_id is not None]
    token = _meta(answer).get("next_token")
    return Page(
        records=[item for item in checked if isinstance(item, TweetRecord)],
        problems=[item for item in checked if isinstance(item, Problem)],
        posts_read=len(items),
        next_token=token if isinstance(token, str) and token else None,
        newest_id=max(ids, default=None),
        oldest_id=min(ids, default=None),
        status=XStatus.ACTIVE if items else _timeline_status(answer),
    )


def _timeline_status(answer: Mapping[str, Any]) -> XStatus:
    errors = _errors(answer)
    if errors:
        return status_of_error(errors[0])
    if not isinstance(answer.get("meta"), dict):
        raise _bad_answer("neither posts nor a reason why there are none")
    return XStatus.ACTIVE


def read_posts(answer: Mapping[str, Any], asked: Iterable[int]) -> PostLookUp:
    """Read which of the requested posts X still shows."""
    gone: dict[int, XStatus] = {}
    existing: set[int] = set()
    wanted = set(asked)
    for item in _items(answer):
        x_id = _id(item)
        if x_id in wanted and _is_edited(item, x_id):
            gone[x_id] = XStatus.EDITED
        elif x_id in wanted:
            existing.add(x_id)
    for error in _errors(answer):
        x_id = _id({"id": error.get("resource_id") or error.get("value")})
        if x_id in wanted and x_id not in existing:
            gone[x_id] = status_of_error(error)
    return PostLookUp(existing, gone)


def _is_edited(item: Mapping[str, Any], x_id: int) -> bool:
    versions = item.get("edit_history_tweet_ids") or item.get("edit_history_post_ids")
    return isinstance(versions, list) and bool(versions) and versions[-1] != str(x_id)


def read_usage(answer: Mapping[str, Any]) -> Usage:
    """Read how much of its cap the project has used."""
    data = answer.get("data")
    if not isinstance(data, dict) or (used := _count(data, "project_usage")) is None:
        raise _bad_answer("no usage of the project")
    return Usage(used, _count(data, "project_cap"), _count(data, "cap_reset_day"))


def _count(data: Mapping[str, Any], key: str) -> int | None:
    value = str(data.get(key))
    return int(value) if value.isascii() and value.isdigit() else None


def status_of_error(error: Mapping[str, Any]) -> XStatus:
    """Return the status that X's error about one user or post means.

    Looks only at the last part of the error's type, since the host in it varies.
    Raises XError if the error is not about the user or post.
    """
    kind = str(error.get("type")).rsplit("/", 1)[-1]
    if kind == "not-authorized-for-resource":
        return XStatus.PROTECTED
    if kind == "resource-not-found":
        words = f"{error.get('title')} {error.get('detail')}".lower()
        suspended = "suspended" in words or words.startswith("forbidden")
        return XStatus.SUSPENDED if suspended else XStatus.NOT_FOUND
    raise XError(
        f"X could not answer: {str(error.get('detail') or error.get('title'))[:300]}",
        XErrorKind.UNAVAILABLE,
    )


def _items(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    data = answer.get("data")
    if data is None:
        return []
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise _bad_answer("data of an unknown form")
    return data


def _errors(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    errors = answer.get("errors")
    if not isinstance(errors, list):
        return []
    return [error for error in errors if isinstance(error, dict)]


def _meta(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = answer.get("meta")
    return meta if isinstance(meta, dict) else {}


def _id(item: Mapping[str, Any]) -> int | None:
    try:
        return parse_x_id(item.get("id"))
    except ValueError:
        return None


def _require(items: list[Mapping[str, Any]], name: str) -> None:
    """Raise XError if a requested field is missing from all items."""
    if items and not any(name in item for item in items):
        raise XError(
            f"X no longer sends the field “{name}” that was requested. Nothing was "
            "stored. Look for a newer version of HypoTweet.",
            XErrorKind.MISSING_FIELD,
            may_cost=True,
        )


def _bad_answer(what: str) -> XError:
    return XError(f"X answered with {what}. Try again later.", XErrorKind.BAD_ANSWER)
