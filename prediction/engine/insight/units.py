"""The units in which a text is read: words, runs of punctuation or emoji, blanks."""

import re
import unicodedata

from common.texts import LINK, UNSPACED

_UNIT = re.compile(
    rf"{LINK.pattern}|[{UNSPACED}]"
    rf"|[@#\uff03]?[^\W{UNSPACED}]+(?:['\u2019][^\W{UNSPACED}]+)*|\s+|[^\w\s]+",
    LINK.flags,
)
_UNSPACED = re.compile(f"[{UNSPACED}]")


def units(text: str) -> list[tuple[int, int]]:
    """Cut a text into units, which cover all of it.

    Letters keep their combining marks. In scripts without spaces, each character is a
    unit.
    """
    found: list[tuple[int, int]] = []
    for match in _UNIT.finditer(text):
        start, end = match.span()
        if found and _continues(text, start):
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _continues(text: str, start: int) -> bool:
    """Say whether a word goes on here: at a combining mark, or after one."""
    if text[start].isspace() or text[start - 1].isspace():
        return False
    return _is_mark(text[start]) or (
        _is_mark(text[start - 1]) and text[start].isalpha()
    )


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def words(text: str) -> list[tuple[int, int]]:
    """Cut a text into words, without blanks; punctuation belongs to the word before.

    In scripts without spaces, each character is a word.
    """
    found: list[tuple[int, int]] = []
    goes_on = False
    for start, end in units(text):
        if text[start].isspace():
            goes_on = False
        elif goes_on and not _UNSPACED.match(text, start):
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
            goes_on = True
    return found
