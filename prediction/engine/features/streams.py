"""Texts as sequences of symbols of several kinds, for many texts at once.

A `Layout` holds the code points of many masked texts in one array. Each function below
reduces it to a `Stream`: one 64-bit symbol per letter, word or layout element, with the
text that it belongs to and the code points that it covers.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prediction.engine.features.function_words import FUNCTION_WORDS
from prediction.engine.features.hashing import U64, hash_slices, mix
from prediction.engine.features.masking import END, START

Ints = NDArray[np.int64]

_BMP = 0x10000
_OTHER, _LOWER, _UPPER, _DIGIT, _SPACE = range(5)
# Not the patterns of common.texts: with those, accuracy falls by .001.
_TOKEN = re.compile(
    r"([\ue000-\ue003])"
    r"|(@\w+)"
    r"|([#\uff03]\w+)"
    r"|(\d+(?:[.,:/]\d+)*)"
    r"|([^\W\d_]+(?:['\u2019][^\W\d_]+)*)"
    r"|((?P<same>[^\w\s]|_)(?P=same)*)"
    r"|(\n+)"
)
_MARK, _MENTION, _HASHTAG, _NUMBER, _WORD = range(1, 6)
_START_TOKEN, _END_TOKEN = -1, -2
_KIND_OF = attrgetter("lastindex")
_LENGTH_BASE = 1.3
BLANK = np.uint64(0)
# Combining marks of Unicode 15, which Python 3.11 does not know.
_TOO_NEW = frozenset("\u0cf3\u0ece")


class Stream(NamedTuple):
    """A sequence of symbols, in which each text is one contiguous part."""

    symbols: U64
    text: Ints
    start: Ints
    end: Ints


class _Tokens(NamedTuple):
    kind: Ints
    text: Ints
    start: Ints
    end: Ints


def _class_of(character: str) -> int:
    if character in _TOO_NEW:
        return _OTHER
    if character.isspace():
        return _SPACE
    if character.isupper() or character.istitle():
        return _UPPER
    if character.isdecimal():
        return _DIGIT
    if character.isalpha() or unicodedata.category(character).startswith("M"):
        return _LOWER
    return _OTHER


@lru_cache(maxsize=1)
def _character_tables() -> tuple[NDArray[np.int8], NDArray[np.uint32]]:
    """Return class and lower-case form of every code point of the basic plane."""
    characters = [chr(code) for code in range(_BMP)]
    classes = np.array([_class_of(c) for c in characters], dtype=np.int8)
    folded = [c.lower() for c in characters]
    lower = np.array(
        [ord(f if len(f) == 1 else c) for f, c in zip(folded, characters, strict=True)],
        dtype=np.uint32,
    )
    return classes, lower


@dataclass(frozen=True)
class Layout:
    """Code points of masked texts, each between a start and an end mark.

    Parameters
    ----------
    texts
        Masked texts, see `prediction.engine.features.masking.masked`.
    """

    texts: Sequence[str]

    @cached_property
    def _joined(self) -> str:
        return "".join([f"{START}{text}{END}" for text in self.texts])

    @cached_property
    def codes(self) -> NDArray[np.uint32]:
        encoded = self._joined.encode("utf-32-le", "surrogatepass")
        return np.frombuffer(encoded, dtype="<u4")

    @cached_property
    def lengths(self) -> Ints:
        return np.array([len(text) + 2 for text in self.texts], dtype=np.int64)

    @cached_property
    def offsets(self) -> Ints:
        """Position of each text's start mark in ``codes``."""
        return np.cumsum(self.lengths) - self.lengths

    @cached_property
    def text(self) -> Ints:
        return np.repeat(np.arange(len(self.texts)), self.lengths)

    @cached_property
    def _basic(self) -> NDArray[np.uint32]:
        return np.where(self.codes < _BMP, self.codes, 0x2603).astype(np.uint32)

    @cached_property
    def classes(self) -> NDArray[np.int8]:
        return _character_tables()[0][self._basic]

    @cached_property
    def lower(self) -> NDArray[np.uint32]:
        folded = _character_tables()[1][self._basic]
        return np.where(self.codes < _BMP, folded, self.codes)

    @cached_property
    def symbols(self) -> U64:
        return mix(self.codes.astype(np.uint64))

    @cached_property
    def lower_symbols(self) -> U64:
        return mix(self.lower.astype(np.uint64))

    @cached_property
    def shouted(self) -> NDArray[np.bool_]:
        """Mark texts with more capitals than lower-case letters."""
        surplus = (self.classes == _UPPER).astype(np.int64) - (self.classes == _LOWER)
        return np.add.reduceat(surplus, self.offsets) > 0

    @cached_property
    def tokens(self) -> _Tokens:
        # One search through all texts: no token reaches across their marks.
        found = list(_TOKEN.finditer(self._joined))
        kind = np.fromiter(map(_KIND_OF, found), np.int64, len(found))
        start = np.fromiter(map(re.Match.start, found), np.int64, len(found))
        end = np.fromiter(map(re.Match.end, found), np.int64, len(found))
        first = self.codes[start]
        kind[first == ord(START)] = _START_TOKEN
        kind[first == ord(END)] = _END_TOKEN
        return _Tokens(kind, self.text[start], start, end)


def is_blank(layout: Layout) -> NDArray[np.bool_]:
    """Mark white space and the edges of texts, per code point."""
    edges = np.zeros(len(layout.codes), dtype=bool)
    edges[layout.offsets] = True
    edges[layout.offsets + layout.lengths - 1] = True
    return edges | (layout.classes == _SPACE)


def _letters(layout: Layout, symbols: U64) -> Stream:
    blank = is_blank(layout)
    keep = ~blank
    keep[1:] |= ~blank[:-1]
    keep[layout.offsets] = True
    position = np.flatnonzero(keep)
    shown = np.where(blank, BLANK, symbols)[position]
    return Stream(shown, layout.text[position], position, position + 1)


def letters(layout: Layout) -> Stream:
    """Keep every character and its case; runs of white space and edges are `BLANK`.

    Shouted texts are in lower case: what is shouted is compared with everybody's words.
    """
    if not layout.shouted.any():
        return _letters(layout, layout.symbols)
    folded = layout.shouted[layout.text]
    return _letters(layout, np.where(folded, layout.lower_symbols, layout.symbols))


def folded_letters(layout: Layout) -> Stream:
    """Do the same as `letters` in lower case."""
    return _letters(layout, layout.lower_symbols)


def shapes(layout: Layout) -> Stream:
    """Keep the layout alone: runs of lower-case letters, capitals and digits collapse.

    One capital differs from several; all other characters stay. In shouted texts,
    several words are one run: their layout would speak for whoever shouts at all.
    """
    classes = layout.classes.copy()
    classes[(classes == _SPACE) & layout.shouted[layout.text]] = _UPPER
    run = (classes == _LOWER) | (classes == _UPPER) | (classes == _DIGIT)
    first = np.ones(len(classes), dtype=bool)
    first[1:] = ~(run[1:] & (classes[1:] == classes[:-1]))
    start = np.flatnonzero(first)
    end = np.append(start[1:], len(classes))
    kind = classes[start].astype(np.uint64)
    several = (classes[start] == _UPPER) & (end - start > 1)
    symbols = np.where(
        run[start],
        mix(kind + np.uint64(1 << 40) + several * np.uint64(1 << 41)),
        layout.symbols[start],
    )
    return Stream(symbols, layout.text[start], start, end)


def words(layout: Layout) -> Stream:
    """Split into lower-case words, punctuation, mentions, hashtags and numbers."""
    tokens = layout.tokens
    symbols = mix(hash_slices(layout.lower_symbols, tokens.start, tokens.end))
    return Stream(symbols, tokens.text, tokens.start, tokens.end)


@lru_cache(maxsize=1)
def _function_word_symbols() -> U64:
    layout = Layout(sorted(FUNCTION_WORDS))
    ends = layout.offsets + layout.lengths - 1
    return np.sort(mix(hash_slices(layout.lower_symbols, layout.offsets + 1, ends)))


def _cases(layout: Layout, tokens: _Tokens) -> U64:
    """0 no capitals, 1 first letter, 2 a single capital, 3 all capitals, 4 mixed.

    Words of shouted texts are as if they had no capitals.
    """
    capital = np.append(0, np.cumsum(layout.classes == _UPPER))
    capitals = capital[tokens.end] - capital[tokens.start]
    length = tokens.end - tokens.start
    leading = layout.classes[tokens.start] == _UPPER
    case = np.where(capitals > 0, 4, 0)
    case = np.where((capitals == 1) & leading, 1, case)
    case = np.where((capitals == length) & (length > 1), 3, case)
    case = np.where((capitals == 1) & (length == 1), 2, case)
    case[layout.shouted[tokens.text]] = 0
    return case.astype(np.uint64)


def patterns(layout: Layout) -> Stream:
    """Keep sentence patterns: function words stay, others become their case class.

    Mentions become one class, hashtags a class per case, numbers a class per length;
    punctuation, emoji and line breaks stay.
    """
    tokens = layout.tokens
    whole = words(layout).symbols
    listed = _function_word_symbols()
    found = listed[np.searchsorted(listed, whole).clip(max=len(listed) - 1)] == whole
    kind = tokens.kind.astype(np.uint64)
    length = np.minimum(tokens.end - tokens.start, 6).astype(np.uint64)
    case = _cases(layout, tokens)
    by_class = mix((kind << np.uint64(40)) + case)
    by_length = mix((kind << np.uint64(40)) + (length << np.uint64(20)))
    symbols = np.select(
        [
            (tokens.kind == _WORD) & found,
            (tokens.kind == _WORD) | (tokens.kind == _HASHTAG),
            tokens.kind == _NUMBER,
            tokens.kind == _MENTION,
        ],
        [whole + case, by_class, by_length, mix(kind << np.uint64(40))],
        default=whole,
    )
    return Stream(symbols, tokens.text, tokens.start, tokens.end)


def _bucket(amounts: NDArray[np.float64]) -> U64:
    return np.floor(np.log1p(amounts) / np.log(_LENGTH_BASE)).astype(np.uint64)


def lengths(layout: Layout) -> Stream:
    """Bucket the lengths in characters and tokens, and the characters per token."""
    count = len(layout.texts)
    tokens = np.bincount(layout.tokens.text, minlength=count).astype(np.float64)
    characters = layout.lengths.astype(np.float64)
    amounts = np.stack([characters, tokens, characters / tokens], axis=1)
    marks = np.arange(1, 4, dtype=np.uint64) << np.uint64(50)
    ends = layout.offsets + layout.lengths
    return Stream(
        mix(_bucket(amounts) + marks).ravel(),
        np.repeat(np.arange(count), 3),
        np.repeat(layout.offsets, 3),
        np.repeat(ends, 3),
    )
