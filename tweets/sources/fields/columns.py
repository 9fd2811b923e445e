"""Matches columns of a table, or keys of JSON objects, to a tweet's fields."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tweets.sources.fields.dates import parse_date
from tweets.sources.fields.identifiers import parse_post_link
from tweets.sources.records import RawTweet

Columns = Mapping[str, list[str]]

_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "fulltext", "text", "tweet", "content", "rawcontent", "tweettext",
        "tweetcontent", "posttext", "post",
    ),
    # What X calls a handle comes first, and what may be anybody's name last.
    "handle": (
        "screenname", "userscreenname", "authorscreenname", "handle", "userhandle",
        "authorhandle", "twitterhandle", "authorusername", "fromuser", "username",
        "user", "author",
    ),
    "author_x_id": (
        "userid", "authorid", "useridstr", "userxid", "authorxid", "fromuseridstr",
        "fromuserid",
    ),
    "author_name": (
        "displayname", "userdisplayname", "authorname", "name", "user name",
    ),
    "x_id": ("idstr", "id", "tweetid", "tweetidstr", "statusid", "postid", "xid"),
    "posted_at": ("createdat", "postedat", "timestamp", "datetime", "date"),
    "clock": ("time",),
    "zone": ("timezone",),
    "link": (
        "permalink", "tweetpermalink", "postpermalink", "tweetlink", "postlink",
        "tweeturl", "posturl", "statusurl", "url", "link",
    ),
    "is_reply": ("isreply",),
    "reply_to": (
        "inreplytostatusid", "inreplytostatusidstr", "inreplytouserid",
        "inreplytouseridstr", "inreplytoscreenname", "inreplytotweetid",
        "inreplytoid", "inreplyto",
    ),
    "conversation": ("conversationid",),
    "is_retweet": ("isretweet", "retweet"),
    "retweet_of": ("retweetedstatusid", "retweetedid", "retweetid", "retweetedtweet"),
}  # fmt: skip
_NO = {"", "0", "f", "false", "n", "no", "none", "null", "nan", "[]", "{}", "0.0"}


KNOWN_NAMES = sorted({name for names in _NAMES.values() for name in names}, key=len)
KNOWN_NAMES.reverse()
# `username` is a handle everywhere, and `user_name` the name that is displayed.
_IN_DICTIONARY = re.compile(r"""['"]username['"]: ?['"](\w{1,50})['"]""")
_DISPLAYED = re.compile(r"(?:.*[._ ])?user[._ ]name", re.IGNORECASE)


def plain_name(name: str) -> str:
    """Reduce a column's name to letters and digits, without case."""
    if _DISPLAYED.fullmatch(name.strip()):
        return "user name"
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_columns(names: Iterable[str]) -> Columns:
    """Map each field of a tweet to the `names` that hold it, the best first."""
    return _find_columns(tuple(names))


# Cached, since nearly all objects of a file have the same keys.
@lru_cache(maxsize=128)
def _find_columns(names: tuple[str, ...]) -> Columns:
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain_name(name), name)
    found = {
        field: [by_plain[plain] for plain in known if plain in by_plain]
        for field, known in _NAMES.items()
    }
    if not found["posted_at"]:
        # Where nothing else is a date, a column of times holds both.
        found["posted_at"], found["clock"] = found["clock"], []
    return {field: columns for field, columns in found.items() if columns}


def names_of(field: str) -> str:
    """List names that a column may have, for an error message."""
    spelt = {
        "text": "text, tweet, content or full_text",
        "handle": "user, username, handle, author or screen_name",
    }
    return spelt[field]


def row_to_raw(
    row: Mapping[str, object], columns: Columns, line: int | None
) -> RawTweet:
    """Read a tweet's fields from a row whose columns are known."""
    link_handle, link_x_id = parse_post_link(str(_first(row, columns, "link") or ""))
    return RawTweet(
        text=_first(row, columns, "text"),
        handle=_handle(row, columns) or link_handle,
        author_x_id=_first(row, columns, "author_x_id"),
        author_name=_first(row, columns, "author_name"),
        x_id=_x_id(row, columns, link_x_id),
        posted_at=_moment(row, columns),
        is_reply=_reply(row, columns),
        is_retweet=_says_yes(row, columns, "is_retweet", "retweet_of"),
        line=line,
    )


def _first(row: Mapping[str, object], columns: Columns, field: str) -> object:
    """Return the first value that is not blank."""
    for column in columns.get(field, ()):
        value = row.get(column)
        if isinstance(value, str) and not value.strip():
            continue
        if value is not None:
            return value
    return None


def _handle(row: Mapping[str, object], columns: Columns) -> object:
    """Return the author; pandas writes a user of snscrape as a dictionary."""
    value = _first(row, columns, "handle")
    if isinstance(value, str) and value.startswith("{"):
        found = _IN_DICTIONARY.search(value)
        return found[1] if found else value
    return value


def _x_id(row: Mapping[str, object], columns: Columns, link_x_id: str | None) -> object:
    """Return the id, as the link has it where a spreadsheet has damaged it."""
    value = _first(row, columns, "x_id")
    intact = value is not None and str(value).strip().isdecimal()
    return value if intact or link_x_id is None else link_x_id


def _moment(row: Mapping[str, object], columns: Columns) -> object:
    """Join a date with time and zone if those are columns of their own."""
    day = _first(row, columns, "posted_at")
    clock = _first(row, columns, "clock")
    if not (isinstance(day, str) and isinstance(clock, str) and len(day.strip()) == 10):
        return day
    joined = f"{day.strip()} {clock.strip()}"
    zoned = f"{joined} {_first(row, columns, 'zone') or ''}".strip()
    return next((way for way in (zoned, joined) if parse_date(way)), day)


def _reply(row: Mapping[str, object], columns: Columns) -> bool | None:
    if "is_reply" in columns or "reply_to" in columns:
        return _says_yes(row, columns, "is_reply", "reply_to")
    conversation = _first(row, columns, "conversation")
    x_id = _first(row, columns, "x_id")
    if conversation is None or x_id is None:
        return None
    return str(conversation).strip() != str(x_id).strip()


def _says_yes(row: Mapping[str, object], columns: Columns, *fields: str) -> bool:
    values = [row.get(column) for field in fields for column in columns.get(field, ())]
    return any(str(value or "").strip().lower() not in _NO for value in values)
