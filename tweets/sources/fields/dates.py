"""Parses dates in all the formats of tweet files, and converts them to UTC."""

import re
from datetime import UTC, datetime, timedelta, timezone

from tweets.sources.fields.slashed_dates import as_iso, day_comes_first
from tweets.sources.fields.worded_dates import worded_as_iso

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_CLASSIC = re.compile(
    r"[A-Za-z]{3},? (?P<month>[A-Za-z]{3}) (?P<day>\d{1,2}) "
    r"(?P<clock>\d\d:\d\d:\d\d) (?P<zone>[+-]\d{4}|[A-Z]{3,4}) (?P<year>\d{4})"
)
_MAIL = re.compile(
    r"[A-Za-z]{3}, (?P<day>\d{1,2}) (?P<month>[A-Za-z]{3}) (?P<year>\d{4}) "
    r"(?P<clock>\d\d:\d\d:\d\d) (?P<zone>[+-]\d{4}|GMT|UTC)"
)
_ZONED = re.compile(
    r"(?P<moment>\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?) "
    r"(?P<zone>[A-Za-z][A-Za-z ]{0,40}|[+-]\d\d:?\d\d)"
)
_DOTTED = re.compile(
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d\d)"
    r"(?:,? (?P<clock>\d\d:\d\d(?::\d\d)?))?"
)
_YEAR_FIRST = re.compile(r"\d{4}/\d\d/\d\d")
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d{1,9})?")

# Ambiguous names are read as the zone with the most speakers of English.
_ZONE_HOURS = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "cest": 2,
    "eet": 2, "eest": 3, "msk": 3, "ist": 5.5, "jst": 9, "kst": 9, "awst": 8,
    "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "ast": -4, "adt": -3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "sast": 2, "wib": 7, "brt": -3,
    "eastern": -5, "central": -6, "mountain": -7, "pacific": -8,
}  # fmt: skip


def parse_date(value: object) -> datetime | None:
    """Parse a moment as an aware datetime in UTC; None if it is unreadable.

    Accepts ISO 8601 with or without time and zone (UTC if there is none), the formats
    of X's API 1.1, of twint and of mail, 24.11.2023, Nov 18, 2024, and seconds or
    milliseconds since 1970. Dates with slashes only if they can be read in one way.
    """
    try:
        found = _read(value)
        return found.astimezone(UTC) if found else None
    except (ValueError, OverflowError, OSError):
        return None


def _read(value: object) -> datetime | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _read_text(f"{value:.3f}".removesuffix(".000"))
    return _read_text(value.strip()[:80]) if isinstance(value, str) else None


def _read_text(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return _from_epoch(text)
    if found := _CLASSIC.fullmatch(text) or _MAIL.fullmatch(text):
        return _from_month_name(found)
    if found := _ZONED.fullmatch(text):
        return _from_iso(found["moment"]).replace(tzinfo=_zone(found["zone"]))
    if found := _DOTTED.fullmatch(text):
        year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
        day = f"{year}-{int(found['month']):02}-{int(found['day']):02}"
        return _from_iso(f"{day}T{found['clock'] or '00:00'}")
    if _YEAR_FIRST.match(text):
        return _from_iso(text.replace("/", "-", 2))
    return _from_iso(worded_as_iso(text) or as_iso(text, day_comes_first(text)))


def _from_iso(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _from_epoch(text: str) -> datetime:
    whole = text.partition(".")[0]
    seconds = float(text) / 1000 if len(whole) > 10 else float(text)
    return datetime.fromtimestamp(seconds, UTC)


def _from_month_name(found: re.Match[str]) -> datetime:
    month = _MONTHS.get(found["month"].lower())
    if month is None:
        raise ValueError("no such month")
    day = f"{found['year']}-{month:02}-{int(found['day']):02}"
    zone = _zone(found["zone"])
    return datetime.fromisoformat(f"{day}T{found['clock']}").replace(tzinfo=zone)


def _zone(name: str) -> timezone:
    """Turn `+0200`, `MST` or `Pacific Daylight Time` into an offset.

    An unknown name counts as UTC: an error of a few hours is better than no date.
    """
    if name[0] in "+-":
        sign = -1 if name[0] == "-" else 1
        minutes = int(name[1:3]) * 60 + int(name[-2:])
        return timezone(timedelta(minutes=sign * minutes))
    words = name.lower().split()
    summer = len(words) > 1 and words[1] in {"daylight", "summer"}
    return timezone(timedelta(hours=_ZONE_HOURS.get(words[0], 0) + summer))
