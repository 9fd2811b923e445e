"""What every source yields: a tweet record, or what is wrong with one line."""

from dataclasses import dataclass
from datetime import datetime


class SourceError(Exception):
    """A whole file is refused; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class TweetRecord:
    """One tweet as a file or the X API gave it, cleaned but not judged.

    At least one of `handle` and `author_x_id` is set. `posted_at` is in UTC.
    `line` counts from 1 where the source has lines.
    """

    text: str
    handle: str | None = None
    author_x_id: int | None = None
    author_name: str = ""
    x_id: int | None = None
    posted_at: datetime | None = None
    is_reply: bool = False
    is_retweet: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One line, or one item, that could not be read; it costs that line only."""

    line: int | None
    why: str


@dataclass(frozen=True, slots=True)
class RawTweet:
    """The fields of a tweet as a format names them, nothing checked yet.

    `is_reply` is None where the format has no field that tells.
    """

    text: object
    handle: object = None
    author_x_id: object = None
    author_name: object = None
    x_id: object = None
    posted_at: object = None
    is_reply: bool | None = None
    is_retweet: bool = False
    line: int | None = None
