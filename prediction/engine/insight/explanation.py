"""Which characters of a text speak for the likeliest user, and which for another.

A score is a sum over features, so every feature's share of the difference between the
winner and the rest of the group is known exactly. It is spread evenly over the
feature's occurrences and the characters that each of them covers; characters are then
gathered into words, and words that speak for the same side into spans.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from prediction.engine.features.ngrams import Occurrences
from prediction.engine.insight.units import units

Floats = NDArray[np.floating]
Bounds = Sequence[tuple[int, int]]

MAX_SPANS = 8
# In log-odds. Where a mark of .5 or more is taken out of the text, the answer moves as
# the mark said for 97% of them, for 70% of weaker ones (docs/engine.md).
LEAST_WEIGHT = 0.5
# What has less than this share of a neighbour's, or the strongest mark's, weight is
# left out.
_LEAST_SHARE = 0.1
_MOST_WORDS = 4
_LEAD = re.compile(r"(?:[.,;:!?)\]}\u2026\u2019\u201d]+(?=\s+\S))?\s*")
# In shorter texts, features of single words may cover everything.
_FEWEST_UNITS = 4


@dataclass(frozen=True)
class Span:
    """Characters ``start`` to ``end`` of the text, and whom they speak for.

    ``toward`` is a position in the group: the winner's where ``weight`` is positive,
    and that of whoever of the rest gains most by it where it is negative.
    """

    start: int
    end: int
    text: str
    weight: float
    toward: int


@dataclass(frozen=True)
class Explanation:
    """Why the winner, a position in the group, and not the rest of it.

    The weights of ``spans`` and ``rest`` add up to ``difference``, the winner's score
    less the mean of the others', in log-odds. ``weights`` are those of all characters,
    shape ``(len(text),)``; what they leave of the difference speaks for the text as a
    whole: the members' biases, and its length.
    """

    winner: int
    difference: float
    spans: tuple[Span, ...]
    weights: NDArray[np.float64] = field(compare=False)

    @property
    def rest(self) -> float:
        """What no span shows: weak traces, and the text as a whole."""
        return self.difference - sum(span.weight for span in self.spans)


@dataclass(frozen=True)
class Contrast:
    """One member against the rest of the group, each by their probability.

    ``factors`` are 1 for the winner and less than 0 for the others, shape
    ``(members,)``; they sum to 0.
    """

    winner: int
    factors: NDArray[np.float64]

    @classmethod
    def of(cls, logits: Floats) -> "Contrast":
        """Compare the likeliest member with the others, shape ``(members,)``."""
        winner = int(np.argmax(logits))
        others = np.array(logits, dtype=np.float64)
        others[winner] = -np.inf
        factors = -softmax(others)
        factors[winner] = 1
        return cls(winner, factors)

    def rival(self, scores: Floats) -> int:
        """Return who of the others gains most, by all members' scores of a span."""
        gains = -self.factors * (scores - scores[self.winner])
        gains[self.winner] = -np.inf
        return int(np.argmax(gains))


def explain_text(
    text: str,
    found: Occurrences,
    columns: NDArray[np.integer],
    contributions: Floats,
    constant: float,
    winner: int,
    rival: Callable[[Floats], int],
) -> Explanation:
    """Explain a difference of scores.

    Parameters
    ----------
    columns, contributions
        The text's features, and how much each adds to the difference.
    constant
        What is added whatever the text.
    rival
        Names whom a span speaks for that does not speak for the winner, by the share
        of each feature that lies in it, shape ``(features,)``.
    """
    local = _local(text, found)
    weights = spread(len(text), local, columns, contributions)
    spans = []
    for start, end, weight in gather(text, weights):
        if weight > 0:
            toward = winner
        else:
            toward = rival(shares_within(start, end, local, columns))
        spans.append(Span(start, end, text[start:end], weight, toward))
    difference = float(contributions.sum()) + constant
    return Explanation(winner, difference, tuple(spans), weights)


def _local(text: str, found: Occurrences) -> Occurrences:
    """Leave out what covers the whole text, such as its length."""
    if len(units(text)) < _FEWEST_UNITS:
        return found
    kept = found.end - found.start < len(text)
    return Occurrences(found.column[kept], found.start[kept], found.end[kept])


def spread(
    length: int,
    found: Occurrences,
    columns: NDArray[np.integer],
    contributions: Floats,
) -> NDArray[np.float64]:
    """Spread each column's contribution over the characters it covers.

    Returns weights of shape ``(length,)`` that sum to the contributions, apart from
    those of columns that cover no character.
    """
    share = contributions[np.searchsorted(columns, found.column)]
    share = share * _per_character(found, columns)
    change = np.bincount(found.start, weights=share, minlength=length + 1)
    change -= np.bincount(found.end, weights=share, minlength=length + 1)
    return np.asarray(np.cumsum(change)[:length], dtype=np.float64)


def shares_within(
    start: int, end: int, found: Occurrences, columns: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the share of each column that lies between two characters.

    Shape ``(len(columns),)``.
    """
    overlap = np.minimum(found.end, end) - np.maximum(found.start, start)
    share = np.maximum(overlap, 0) * _per_character(found, columns)
    place = np.searchsorted(columns, found.column)
    inside = np.bincount(place, weights=share, minlength=len(columns))
    return np.asarray(inside, dtype=np.float64)


def _per_character(
    found: Occurrences, columns: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the share of its column that each occurrence gives to a character."""
    place = np.searchsorted(columns, found.column)
    times = np.bincount(place, minlength=len(columns))
    return 1 / times[place] / np.maximum(found.end - found.start, 1)


def _merge(text: str, parts: Sequence[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Join neighbours that speak for the same side; much weaker ones stay apart."""
    merged: list[tuple[int, int]] = []
    last = 0.0
    for start, end, weight in parts:
        if merged and text[start:end].isspace():
            merged[-1] = merged[-1][0], end
            continue
        weaker, stronger = sorted([abs(last), abs(weight)])
        alike = last * weight > 0 and weaker >= _LEAST_SHARE * stronger
        last = weight
        if alike and len(text[merged[-1][0] : end].split()) <= _MOST_WORDS:
            merged[-1] = merged[-1][0], end
        else:
            merged.append((start, end))
    return merged


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out blanks at the edges, and the end of a sentence before."""
    piece = text[start:end]
    lead = _LEAD.match(piece)
    return start + (lead.end() if lead else 0), start + len(piece.rstrip())


def gather(text: str, weights: NDArray[np.float64]) -> list[tuple[int, int, float]]:
    """Gather character weights into at most `MAX_SPANS` spans, in reading order.

    A span is whole words, and its weight the sum of its characters'. Weak spans are
    left out; there is none if nothing speaks for anybody.
    """
    total = np.append(0.0, np.cumsum(weights))
    parts = [(s, e, float(total[e] - total[s])) for s, e in units(text)]
    bounds = [_trimmed(text, start, end) for start, end in _merge(text, parts)]
    spans = [
        (s, e, float(total[e] - total[s])) for s, e in bounds if _is_visible(text[s:e])
    ]
    strongest = max((abs(weight) for _, _, weight in spans), default=0.0)
    least = max(LEAST_WEIGHT, _LEAST_SHARE * strongest)
    kept = [span for span in spans if abs(span[2]) >= least]
    return sorted(sorted(kept, key=lambda span: -abs(span[2]))[:MAX_SPANS])


def _is_visible(piece: str) -> bool:
    return any(unicodedata.category(c)[0] not in "CZ" for c in piece)
