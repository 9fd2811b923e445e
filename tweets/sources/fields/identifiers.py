"""Parses X ids, handles and links to posts as files spell them."""

import re

MAX_X_ID = 2**63 - 1

# The handles that the database accepts; X itself allows fewer.
HANDLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}")
_X_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_POST_LINK = re.compile(
    r"(?:https?://)?(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/"
    r"(?:@|%40)?(?P<handle>[A-Za-z0-9_]{1,50})/status(?:es)?/(?P<x_id>\d{1,19})",
    re.IGNORECASE,
)


def parse_x_id(value: object) -> int | None:
    """Parse an id written as digits or as an integer; None for anything else.

    A float, such as `1.23e+17`, has lost its last digits, so it is no id. Raises
    ValueError for a number that is too large.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    digits = str(value).strip() if isinstance(value, str) else _digits(value)
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) > 19 or int(digits) > MAX_X_ID:
        raise ValueError("the id is too large to be an id on X")
    return int(digits) or None


def _digits(value: int) -> str:
    return str(value) if value <= MAX_X_ID else "9" * 20


def parse_handle(value: object) -> str | None:
    """Parse a handle without its `@`; None for a blank one.

    Raises ValueError for anything else. Files may have labels that X itself does not
    allow: up to 50 characters, with dots and hyphens.
    """
    if value is None or isinstance(value, bool) or not isinstance(value, int | str):
        return None
    handle = str(value)[:200].strip().lstrip("@").strip()
    if not handle:
        return None
    if not HANDLE.fullmatch(handle):
        shown = "".join(filter(str.isprintable, handle[:60]))
        raise ValueError(
            f"“{shown}” is not a handle: up to 50 letters, digits and _ . -"
        )
    return handle


def is_x_handle(handle: str) -> bool:
    """Return whether X itself allows this handle."""
    return _X_HANDLE.fullmatch(handle) is not None


def parse_post_link(link: str) -> tuple[str | None, str | None]:
    """Return handle and id from the link to a post; None for what is missing."""
    found = _POST_LINK.match(link.strip())
    if found is None or found["handle"].lower() == "i":
        return None, found["x_id"] if found else None
    return found["handle"], found["x_id"]
