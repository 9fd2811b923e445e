"""Which scripts a text is written in, and how many function words of which language.

Links, mentions, hashtags and numbers do not count. The first columns of a profile are
the scripts' shares of the text's letters, the others the languages' shares of its
words.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from prediction.engine.features.language_words import LANGUAGE_WORDS
from prediction.engine.features.masking import masked

Floats = NDArray[np.float32]

_RANGES = {
    "Latin": "A-Z a-z \u00aa-\u00aa \u00ba-\u00ba \u00c0-\u024f \u1e00-\u1eff",
    "Greek": "\u0370-\u03ff \u1f00-\u1fff",
    "Cyrillic": "\u0400-\u052f",
    "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0600-\u06ff \u0750-\u077f \ufb50-\ufdff \ufe70-\ufefc",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "South Indian": "\u0a00-\u0dff",
    "Thai": "\u0e00-\u0eff",
    "Hangul": "\u1100-\u11ff \u3130-\u318f \uac00-\ud7af",
    "Kana": "\u3040-\u30ff",
    "Han": "\u3400-\u9fff",
    "another script": "\u0530-\u058f \u0700-\u074f \u0f00-\u10ff \u1200-\u1cff",
}
SCRIPTS = tuple(_RANGES)
LANGUAGES = tuple(LANGUAGE_WORDS)
PROFILE_SIZE = len(SCRIPTS) + len(LANGUAGES)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_BMP = 0x10000


@lru_cache(maxsize=1)
def _script_of_code() -> NDArray[np.uint8]:
    """Return each code point's script, counted from 1; 0 is none."""
    table = np.zeros(_BMP, dtype=np.uint8)
    for number, ranges in enumerate(_RANGES.values(), 1):
        for first, last in (part.split("-") for part in ranges.split()):
            table[ord(first) : ord(last) + 1] = number
    return table


@lru_cache(maxsize=1)
def _languages_of_word() -> dict[str, tuple[tuple[int, float], ...]]:
    """Return for each word the columns of its languages, and the share of each."""
    found: dict[str, list[int]] = {}
    for number, words in enumerate(LANGUAGE_WORDS.values(), len(SCRIPTS)):
        for word in words.split():
            found.setdefault(word, []).append(number)
    return {
        word: tuple((column, 1 / len(columns)) for column in columns)
        for word, columns in found.items()
    }


def profiles(texts: Sequence[str]) -> Floats:
    """Return the profile of each text, shape ``(texts, PROFILE_SIZE)``.

    Scripts add up to 1 for a text with any letter, else to 0; languages to at most 1.
    """
    found = np.zeros((len(texts), PROFILE_SIZE), dtype=np.float32)
    for row, text in zip(found, texts, strict=True):
        _fill(row, masked(text, style_only=True))
    return found


def _fill(row: Floats, text: str) -> None:
    encoded = text.encode("utf-16-le", "surrogatepass")
    codes = np.frombuffer(encoded, dtype="<u2")
    counts = np.bincount(_script_of_code()[codes], minlength=len(SCRIPTS) + 1)[1:]
    letters = int(counts.sum())
    if letters:
        row[: len(SCRIPTS)] = counts / letters
    words = _WORD.findall(text.lower().replace("\u2019", "'"))
    known = _languages_of_word()
    for word in words:
        for column, share in known.get(word, ()):
            row[column] += share / len(words)
