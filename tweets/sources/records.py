"""What sources yield: tweets, people, and problems with single lines."""

from dataclasses import dataclass
from datetime import datetime


class SourceError(Exception):
    """A whole file is refused; the message says why.

    Where somebody could help by naming columns or the author, `can_be_helped` is true,
    and `first_rows` are those of a table.
    """

    can_be_helped = False
    first_rows: list[list[str]] = []


class NoAuthorError(SourceError):
    """Nothing in the file says who wrote the tweets."""

    can_be_helped = True

    def __init__(self, first_rows: list[list[str]]) -> None:
        super().__init__(
            "It does not say who wrote the tweets: give the author's handle."
        )
        self.first_rows = first_rows


@dataclass(frozen=True, slots=True)
class TweetRecord:
    """One tweet as a file or the X API gave it, cleaned and validated.

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
    author_bio: str = ""


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who a user is: their name, a line about them and an image file.

    What is empty is not known.
    """

    handle: str
    x_id: int | None = None
    name: str = ""
    bio: str = ""
    image: bytes = b""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One line or item that could not be read; the others are not affected."""

    line: int | None
    why: str


@dataclass(frozen=True, slots=True)
class RawTweet:
    """The fields of a tweet as its format names them, not validated yet.

    `is_reply` is None if the format has no field for it.
    """

    text: object
    handle: object = None
    author_x_id: object = None
    author_name: object = None
    author_bio: object = None
    x_id: object = None
    posted_at: object = None
    is_reply: bool | None = None
    is_retweet: bool = False
    line: int | None = None
