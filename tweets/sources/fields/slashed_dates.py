"""Dates with slashes, as browsers and spreadsheets write them: 4/18/2024, 3:20:38 PM.

Which number is the day is decided for a whole column.
"""

import re

_SLASHED = re.compile(
    r"(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4}|\d\d)"
    r"(?:,? (?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second_of>\d\d))?"
    r"(?:[ \u202f](?P<half>[AaPp])\.?[Mm]\.?)?)?"
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
    first, second = int(found["first"]), int(found["second"])
    if max(first, second) <= 12:
        return False if found["half"] else None
    return first > 12


def as_iso(text: str, day_first: bool | None) -> str:
    """Rewrite a date as ISO 8601; as it is if nobody knows which number is the day."""
    found = _SLASHED.fullmatch(text.strip())
    if found is None or day_first is None:
        return text
    numbers = int(found["first"]), int(found["second"])
    day, month = numbers if day_first else reversed(numbers)
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
    date = f"{year}-{month:02}-{day:02}"
    if found["hour"] is None:
        return date
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] in "Pp")
    return f"{date}T{hour:02}:{found['minute']}:{found['second_of'] or '00'}"
