"""Validates raw fields: turns them into a record or a problem."""

import re
from datetime import UTC, datetime, timedelta

from tweets.sources.fields.cleaning import clean_text, one_line
from tweets.sources.fields.dates import parse_date
from tweets.sources.fields.identifiers import parse_handle, parse_x_id
from tweets.sources.io.limits import MAX_BIO, MAX_NAME, MAX_TEXT
from tweets.sources.records import Problem, RawTweet, TweetRecord

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{2,3}")
FIRST_TWEET = datetime(2006, 1, 1, tzinfo=UTC)


class Checker:
    """Validates the tweets of one source; fills in the author if it names none.

    `undated` counts the dates that could not be read, `untimely` those from before
    Twitter or from the future, and `damaged_ids` those like 1.16E+18: all are left out.
    """

    def __init__(self, default_handle: str | None = None) -> None:
        self.default_handle = default_handle
        self.undated = self.untimely = self.damaged_ids = 0
        self._default_x_id: int | None = None

    def check(self, raw: RawTweet) -> TweetRecord | Problem:
        """Turn raw fields into a record, or into a problem that says what is wrong."""
        try:
            return self._record(raw)
        except ValueError as error:
            return Problem(raw.line, str(error))

    def _record(self, raw: RawTweet) -> TweetRecord:
        text = _checked_text(raw.text)
        author_x_id = parse_x_id(raw.author_x_id)
        handle = parse_handle(raw.handle) or self._default(author_x_id)
        if handle is None and author_x_id is None:
            raise ValueError("no author")
        return TweetRecord(
            text=text,
            handle=handle,
            author_x_id=author_x_id,
            author_name=one_line(raw.author_name, MAX_NAME),
            author_bio=one_line(raw.author_bio, MAX_BIO),
            x_id=self._x_id(raw.x_id),
            posted_at=self._date(raw),
            is_reply=text.startswith("@") if raw.is_reply is None else raw.is_reply,
            is_retweet=raw.is_retweet or text.startswith("RT @"),
            line=raw.line,
        )

    def _default(self, author_x_id: int | None) -> str | None:
        """Return the default author, if all ids of authors so far are the same."""
        if author_x_id is None or self.default_handle is None:
            return self.default_handle
        self._default_x_id = self._default_x_id or author_x_id
        return self.default_handle if author_x_id == self._default_x_id else None

    def _x_id(self, value: object) -> int | None:
        found = parse_x_id(value)
        if found is None and _SCIENTIFIC.fullmatch(str(value).strip()):
            self.damaged_ids += 1
        return found

    def _date(self, raw: RawTweet) -> datetime | None:
        found = parse_date(raw.posted_at)
        if found is None and raw.posted_at not in (None, ""):
            self.undated += 1
        if found and not FIRST_TWEET <= found <= datetime.now(UTC) + timedelta(days=1):
            self.untimely += 1
            return None
        return found


def _checked_text(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError("the text is not text")
    text = clean_text(value or "")
    if not text.strip():
        raise ValueError("no text")
    if len(text) > MAX_TEXT:
        raise ValueError(f"the text is longer than {MAX_TEXT:,} characters")
    return text
