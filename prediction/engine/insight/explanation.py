"""Which characters of a text speak for one user and against another.

A score is a sum over features, so every feature's share of the difference between two
users is known exactly. It is spread evenly over the places where the feature stands and
over the characters it covers there; characters are then gathered into words, and words
that speak for the same user into spans.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prediction.engine.features.ngrams import Occurrences

MAX_SPANS = 12
_SEGMENT = re.compile(
    r"(?:https?://|www\.)\S+|[@#\uff03]?\w+(?:['\u2019]\w+)*|\s+|[^\w\s]+"
)
_WEAKEST = 0.02


@dataclass(frozen=True)
class Evidence:
    """Characters ``start`` to ``end`` of the text; a positive weight speaks for
    the user who was named, a negative one for the runner-up; ``toward`` says which."""

    start: int
    end: int
    text: str
    weight: float
    toward: str


@dataclass(frozen=True)
class Explanation:
    """Why the winner and not the runner-up.

    The weights of ``evidence`` and ``rest`` add up to ``difference``, the two users'
    difference in scores times the group's sharpness. ``rest`` is what cannot be pinned
    to a span that is shown: the users' starting points, the text's length and weak
    traces.
    """

    winner: str
    runner_up: str
    difference: float
    evidence: tuple[Evidence, ...]
    rest: float


def spread(
    length: int,
    found: Occurrences,
    columns: NDArray[np.integer],
    contributions: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Spread each column's contribution over the characters it covers.

    Returns weights of shape ``(length,)`` that sum to the contributions, apart from
    those of columns that cover no character.
    """
    place = np.searchsorted(columns, found.column)
    times = np.bincount(place, minlength=len(columns))
    width = np.maximum(found.end - found.start, 1)
    share = contributions[place] / times[place] / width
    change = np.bincount(found.start, weights=share, minlength=length + 1)
    change -= np.bincount(found.end, weights=share, minlength=length + 1)
    return np.asarray(np.cumsum(change)[:length], dtype=np.float64)


def _segments(text: str, weights: NDArray[np.float64]) -> list[tuple[int, int, float]]:
    bounds = [match.span() for match in _SEGMENT.finditer(text)]
    total = np.append(0.0, np.cumsum(weights))
    return [(s, e, float(total[e] - total[s])) for s, e in bounds]


def _merge(
    text: str, parts: Sequence[tuple[int, int, float]], weakest: float
) -> list[tuple[int, int, float]]:
    """Join neighbours that speak for the same side; what is weak stands alone."""
    merged: list[tuple[int, int, float]] = []
    for start, end, weight in parts:
        if merged and start == merged[-1][1]:
            before = merged[-1]
            same_side = before[2] * weight > 0
            strong = min(abs(before[2]), abs(weight)) >= weakest
            if text[start:end].isspace() or (same_side and strong):
                merged[-1] = (before[0], end, before[2] + weight)
                continue
        merged.append((start, end, weight))
    return merged


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    return start + lead, start + len(piece.rstrip())


def gather(
    text: str, weights: NDArray[np.float64], winner: str, runner_up: str
) -> tuple[Evidence, ...]:
    """Gather character weights into at most `MAX_SPANS` spans, in reading order."""
    weakest = _WEAKEST * float(np.abs(weights).sum())
    spans = _merge(text, _segments(text, weights), weakest)
    spans = [span for span in spans if not text[span[0] : span[1]].isspace()]
    spans = sorted(spans, key=lambda span: -abs(span[2]))[:MAX_SPANS]
    evidence = []
    for start, end, weight in sorted(spans):
        if abs(weight) >= weakest and weight:
            first, last = _trim(text, start, end)
            toward = winner if weight > 0 else runner_up
            evidence.append(Evidence(first, last, text[first:last], weight, toward))
    return tuple(evidence)
