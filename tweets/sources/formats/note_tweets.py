"""Long posts of an X archive, whose full text is in a file of its own.

Only time and text connect a note with its tweet: their ids differ.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from tweets.sources.fields.cleaning import clean_text
from tweets.sources.fields.dates import parse_date
from tweets.sources.io.json_values import JsonValue
from tweets.sources.records import Problem, RawTweet

_COMPARED = 60
_TAIL = re.compile(r"(?:…|\.\.\.)?\s*(?:https?://t\.co/\w+\s*)*$")
_MENTIONS = re.compile(r"^(?:@\w+\s+)+")


class NoteTweets:
    """The notes of an archive by the second in which they were made."""

    def __init__(self, values: Iterable[JsonValue | Problem]) -> None:
        self._by_second: dict[datetime, list[str]] = defaultdict(list)
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
            self._by_second[made.replace(microsecond=0)].append(core["text"])

    def in_full(self, tweet: RawTweet) -> RawTweet:
        """Return the tweet with its full text if there is a note for it."""
        posted_at = parse_date(tweet.posted_at)
        notes = self._by_second.get(posted_at, []) if posted_at else []
        for note in notes:
            if isinstance(tweet.text, str) and _is_whole_of(note, tweet.text):
                notes.remove(note)
                return replace(tweet, text=note)
        return tweet


def _is_whole_of(note: str, text: str) -> bool:
    """Return whether a note begins like the tweet and is longer."""
    begun = _TAIL.sub("", _comparable(text))
    whole = _comparable(note)
    shared = begun[:_COMPARED].partition("http")[0]
    return len(whole) > len(begun) > 0 and bool(shared) and whole.startswith(shared)


def _comparable(text: str) -> str:
    return _MENTIONS.sub("", " ".join(clean_text(text).split()))
