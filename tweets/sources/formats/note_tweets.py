"""Long posts of an X archive, whose full text is in a file of its own.

Only time and text connect a note with its tweet: their ids differ.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Self

from tweets.sources.fields.cleaning import clean_text
from tweets.sources.fields.dates import parse_date
from tweets.sources.io.json_values import JsonValue
from tweets.sources.records import Problem, RawTweet

_COMPARED = 60
# Nobody writes more long posts in one second; a forged archive may hold any number.
_PER_SECOND = 20
_TAIL = re.compile(r"(?:…|\.\.\.)?\s*(?:https?://t\.co/\w+\s*)*$")
_MENTIONS = re.compile(r"^(?:@\w+\s+)+")


class _Note(NamedTuple):
    """A full text, and what a tweet is compared with: its beginning and length."""

    text: str
    beginning: str
    length: int

    @classmethod
    def of(cls, text: str) -> Self:
        whole = _comparable(text)
        return cls(text, whole[:_COMPARED], len(whole))

    def is_whole_of(self, begun: str) -> bool:
        """Return whether it begins like the tweet and is longer."""
        shared = begun[:_COMPARED].partition("http")[0]
        longer = self.length > len(begun) > 0
        return longer and bool(shared) and self.beginning.startswith(shared)


class NoteTweets:
    """The notes of an archive by the second in which they were made."""

    def __init__(self, values: Iterable[JsonValue | Problem]) -> None:
        self._by_second: dict[datetime, list[_Note]] = defaultdict(list)
        for item in values:
            if isinstance(item, JsonValue):
                self._add(item.value)

    def _add(self, value: object) -> None:
        note = value.get("noteTweet") if isinstance(value, dict) else None
        core = note.get("core") if isinstance(note, dict) else None
        if not isinstance(note, dict) or not isinstance(core, dict):
            return
        made = parse_date(note.get("createdAt"))
        if made and isinstance(core.get("text"), str):
            notes = self._by_second[made.replace(microsecond=0)]
            if len(notes) < _PER_SECOND:
                notes.append(_Note.of(core["text"]))

    def in_full(self, tweet: RawTweet) -> RawTweet:
        """Return the tweet with its full text if there is a note for it."""
        posted_at = parse_date(tweet.posted_at)
        notes = self._by_second.get(posted_at, []) if posted_at else []
        if not notes or not isinstance(tweet.text, str):
            return tweet
        begun = _TAIL.sub("", _comparable(tweet.text))
        for note in notes:
            if note.is_whole_of(begun):
                notes.remove(note)
                return replace(tweet, text=note.text)
        return tweet


def _comparable(text: str) -> str:
    return _MENTIONS.sub("", " ".join(clean_text(text).split()))
