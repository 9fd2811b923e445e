"""The time of day beside a date: 15:20, 3:20:38 PM."""

import re

HALF = r"(?P<half>[AaPp])\.?[Mm]\.?"
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<seconds>\d\d))?"


def with_clock(date: str, found: re.Match[str]) -> str:
    """Add the time that was found, if any, to a date in ISO 8601."""
    if found["hour"] is None:
        return date
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] in "Pp")
    return f"{date}T{hour:02}:{found['minute']}:{found['seconds'] or '00'}"
