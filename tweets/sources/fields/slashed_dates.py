"""Dates with slashes, as browsers and spreadsheets write them: 4/18/2024, 3:20:38 PM.

Which number is the day is decided for a whole column; 18-4-2024 is read alike.
"""

import re

from tweets.sources.fields.clock import CLOCK, HALF, with_clock

_SLASHED = re.compile(
    r"(?P<first>\d{1,2})(?:/(?P<second>\d{1,2})/(?P<year>\d{4}|\d\d)"
    r"|-(?P<dashed>\d{1,2})-(?P<dashed_year>\d{4}))"
    rf"(?:,? {CLOCK}(?:[ \u202f]{HALF})?)?"
)


def is_slashed(text: str) -> bool:
    """Return whether a cell holds such a date."""
    return _SLASHED.fullmatch(text.strip()) is not None


def day_comes_first(text: str) -> bool | None:
    """Return whether the day comes first; None if the date can be read both ways.

    A time with AM or PM is American: the month comes first.
    """
    found = _SLASHED.fullmatch(text.strip())
    if found is None:
        return None
    certain = _certainly(found)
    return False if certain is None and found["half"] in {"A", "P"} else certain


class DayOrder:
    """Decides for a column whether the day or the month comes first."""

    def __init__(self) -> None:
        self._certain: set[bool] = set()
        self._slashed = self._american = False

    def see(self, cell: str) -> bool:
        """Take a cell into account; return whether it is such a date."""
        found = _SLASHED.fullmatch(cell.strip())
        if found is None:
            return False
        certain = _certainly(found)
        self._slashed = True
        self._american = self._american or found["half"] in {"A", "P"}
        if certain is not None:
            self._certain.add(certain)
        return True

    def day_first(self) -> bool | None:
        """Return None where nobody can know, or where the dates contradict."""
        if self._certain:
            return None if len(self._certain) == 2 else True in self._certain
        return False if self._american else None

    def is_open(self) -> str:
        """Say which dates cannot be read; empty if the order is known."""
        if not self._slashed or self.day_first() is not None:
            return ""
        if self._certain:
            return (
                "some dates begin with the day and some with the month: those that "
                "could be read in two ways are left out"
            )
        return "dates such as 3/4/2024 could be read in two ways, and are left out"


def _certainly(found: re.Match[str]) -> bool | None:
    first, second = int(found["first"]), int(found["second"] or found["dashed"])
    return None if max(first, second) <= 12 else first > 12


def as_iso(text: str, day_first: bool | None) -> str:
    """Rewrite a date as ISO 8601; as it is if nobody knows which number is the day."""
    found = _SLASHED.fullmatch(text.strip())
    if found is None or day_first is None:
        return text
    numbers = int(found["first"]), int(found["second"] or found["dashed"])
    day, month = numbers if day_first else reversed(numbers)
    year = found["year"] or found["dashed_year"]
    date = f"{year if len(year) == 4 else f'20{year}'}-{month:02}-{day:02}"
    return with_clock(date, found)
