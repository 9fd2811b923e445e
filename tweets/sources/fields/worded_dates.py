"""Dates with the month in words: Mon, Nov 18, 2024 · 3:20 PM · 18 November 2024."""

import re

from tweets.sources.fields.clock import CLOCK, HALF, with_clock

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun",
           "jul", "aug", "sep", "oct", "nov", "dec")  # fmt: skip
_FULL = ("january", "february", "march", "april", "may", "june", "july",
         "august", "september", "october", "november", "december")  # fmt: skip
_CLOCK = rf"{CLOCK}(?:[ \u202f]?{HALF})?"
_DAY = (
    r"(?:[A-Za-z]{3,9}\.?,? )?(?:(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),?"
    r"|(?P<day_before>\d{1,2})\.? (?P<month_after>[A-Za-z]{3,9})\.?,?) (?P<year>\d{4})"
)
_BETWEEN = r"(?:,| ·| at)? "
_WAYS = (
    re.compile(rf"{_DAY}(?:{_BETWEEN}{_CLOCK}(?: UTC| GMT)?)?"),
    re.compile(rf"{_CLOCK}{_BETWEEN}{_DAY}"),
)


def worded_as_iso(text: str) -> str | None:
    """Rewrite such a date as ISO 8601; None for anything else."""
    for way in _WAYS:
        if found := way.fullmatch(text):
            return _iso(found)
    return None


def _iso(found: re.Match[str]) -> str | None:
    month = _number(found["month"] or found["month_after"])
    if month is None:
        return None
    day = int(found["day"] or found["day_before"])
    return with_clock(f"{found['year']}-{month:02}-{day:02}", found)


def _number(word: str) -> int | None:
    name = word.lower()
    if name in _FULL:
        return _FULL.index(name) + 1
    short = "sep" if name == "sept" else name
    return _MONTHS.index(short) + 1 if short in _MONTHS else None
