"""What would change the answer: the fewest words without which somebody else wins."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prediction.engine.insight.units import words

# Up to this length, all spans are tried.
SHORT = 280
# Characters of all texts tried, where not all spans are.
_MOST_CHARACTERS = 300_000
_AT_ONCE = 96

Favourites = Callable[[Sequence[str]], NDArray[np.integer]]
Span = tuple[int, int]


@dataclass(frozen=True)
class Change:
    """Without characters ``start`` to ``end``, position ``predicted`` is likeliest.

    ``is_smallest`` says that all spans of fewer words were tried.
    """

    start: int
    end: int
    predicted: int
    is_smallest: bool


def smallest_change(
    text: str, weights: NDArray[np.floating], winner: int, favourites: Favourites
) -> Change | None:
    """Find the fewest words in a row without which the winner does not win.

    Of several spans of as many words, the one with most weight is taken.

    Parameters
    ----------
    weights
        Of each character, for the winner, shape ``(len(text),)``.
    favourites
        Predicts the author of each text, as a position.
    """
    bounds = words(text)
    total = np.append(0.0, np.cumsum(weights))
    is_exact = len(text) <= SHORT
    for spans in _batches(bounds, total, len(text), is_exact):
        found = favourites([without(text, *span) for span in spans])
        flips = np.flatnonzero(found != winner)
        if len(flips):
            # Spans come by their number of words, then by weight.
            start, end = spans[flips[0]]
            return Change(start, end, int(found[flips[0]]), is_exact)
    return None


def without(text: str, start: int, end: int) -> str:
    """Take a span out of a text, and the blanks on one side of it."""
    head, tail = text[:start], text[end:]
    bare = tail.lstrip()
    if "\n" in tail[: len(tail) - len(bare)]:
        head = head.rstrip()
    elif not head or head[-1].isspace():
        tail = bare
    return (head + tail).strip()


def _batches(
    bounds: Sequence[Span], total: NDArray[np.floating], length: int, is_exact: bool
) -> Iterator[list[Span]]:
    """Yield spans of fewer words before those of more, as many at once as is fast."""
    left = _MOST_CHARACTERS // max(length, 1)
    batch: list[Span] = []
    for size in range(1, len(bounds)):
        ends = bounds[size - 1 :]
        spans = [(a, b) for (a, _), (_, b) in zip(bounds, ends, strict=False)]
        spans.sort(key=lambda span: total[span[0]] - total[span[1]])
        if not is_exact:
            # The span that speaks most for the winner has the best chance.
            spans = spans[: min(1 if size > 1 else left // 2, left)]
            left -= len(spans)
        batch += spans
        if len(batch) >= _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
