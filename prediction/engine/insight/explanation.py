"""Which characters of a text speak for one user and against another.

A score is a sum over features, so every feature's share of the difference between two
users is known exactly. It is spread evenly over the feature's occurrences and the
characters that each of them covers; characters are then gathered into words, and words
that speak for the same user into spans.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from common.texts import LINK
from prediction.engine.features.ngrams import Occurrences

MAX_SPANS = 12
_SEGMENT = re.compile(
    rf"{LINK.pattern}|[@#\uff03]?\w+(?:['\u2019]\w+)*|\s+|[^\w\s]+", LINK.flags
)
_WEAKEST = 0.02


@dataclass(frozen=True)
class Span:
    """Characters ``start`` to ``end`` of the text, and whom they speak for.

    ``toward`` is the winner's position in the group where ``weight`` is positive, and
    the runner-up's where it is negative.
    """

    start: int
    end: int
    text: str
    weight: float
    toward: int


@dataclass(frozen=True)
class Explanation:
    """Why the winner and not the runner-up, both positions in the group.

    The weights of ``spans`` and ``rest`` add up to ``difference``, the difference of
    the two members' scores divided by the group's temperature. ``rest`` is what no
    span shows: the members' biases, the text's length and weak traces.
    """

    winner: int
    runner_up: int
    difference: float
    spans: tuple[Span, ...]
    rest: float

    def renumbered(self, positions: Sequence[int]) -> "Explanation":
        """Return the same with ``positions[i]`` in place of position ``i``."""
        return replace(
            self,
            winner=positions[self.winner],
            runner_up=positions[self.runner_up],
            spans=tuple(
                replace(span, toward=positions[span.toward]) for span in self.spans
            ),
        )


def explain_difference(
    text: str,
    members: tuple[int, int],
    difference: float,
    weights: NDArray[np.float64],
) -> Explanation:
    """Explain the difference between winner and runner-up by each character's weight.

    Parameters
    ----------
    members
        Positions of winner and runner-up.
    weights
        As of `spread`, shape ``(len(text),)``.
    """
    spans = gather(text, weights, *members)
    rest = difference - sum(span.weight for span in spans)
    return Explanation(*members, difference, spans, rest)


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
    """Join neighbours that speak for the same side; weak ones stay apart."""
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
    text: str, weights: NDArray[np.float64], winner: int, runner_up: int
) -> tuple[Span, ...]:
    """Gather character weights into at most `MAX_SPANS` spans, in reading order."""
    weakest = _WEAKEST * float(np.abs(weights).sum())
    spans = _merge(text, _segments(text, weights), weakest)
    spans = [span for span in spans if not text[span[0] : span[1]].isspace()]
    spans = sorted(spans, key=lambda span: -abs(span[2]))[:MAX_SPANS]
    kept = []
    for start, end, weight in sorted(spans):
        if abs(weight) >= weakest and weight:
            first, last = _trim(text, start, end)
            toward = winner if weight > 0 else runner_up
            kept.append(Span(first, last, text[first:last], weight, toward))
    return tuple(kept)
