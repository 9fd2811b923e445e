"""Cleans texts: entities, NUL characters and lone surrogates."""

import html
import re

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def clean_text(text: str) -> str:
    """Unescape HTML entities once, drop NUL and replace lone surrogates.

    Only entities that end in a semicolon count, so that the `&copy=1` of a link stays.
    """
    unescaped = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return _without_surrogates(unescaped.replace("\0", ""))


def one_line(value: object, longest: int) -> str:
    """Clean a name or the like and put it on one line; empty if it is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join(clean_text(value).split())[:longest]


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
