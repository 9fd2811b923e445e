"""Style features of a text: hashed n-grams in blocks.

Each block counts n-grams of one resolution (letters, words, sentence patterns, layout)
in a range of columns of its own and is scaled to unit length by itself, so that the
block with most n-grams does not drown the others.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine import streams
from prediction.engine.hashing import buckets, extend
from prediction.engine.masking import View, masked
from prediction.engine.streams import Ints, Layout, Stream

FEATURES_VERSION = 2
_CHARACTERS_AT_ONCE = 200_000


class Part(NamedTuple):
    """N-grams of some orders over one stream."""

    stream: Callable[[Layout], Stream]
    orders: tuple[int, ...]
    inside_words: bool = False


class Block(NamedTuple):
    """Parts that share a range of columns and a common length."""

    name: str
    size: int
    parts: tuple[Part, ...]


BLOCKS = (
    Block("letters", 1 << 16, (Part(streams.letters, (3, 5), inside_words=True),)),
    Block("phrases", 1 << 16, (Part(streams.folded_letters, (4, 6)),)),
    Block("words", 1 << 16, (Part(streams.words, (1, 2)),)),
    Block(
        "patterns",
        1 << 15,
        (Part(streams.patterns, (1, 2, 3, 4)), Part(streams.lengths, (1,))),
    ),
    Block("shapes", 1 << 15, (Part(streams.shapes, (4, 6, 8)),)),
)
N_FEATURES = sum(block.size for block in BLOCKS)
BLOCK_STARTS = np.cumsum([0] + [block.size for block in BLOCKS])[:-1]


class Grams(NamedTuple):
    """N-grams of one order: their columns and the span of symbols each covers."""

    column: Ints
    first: Ints
    last: Ints
    stream: Stream


def _grams(stream: Stream, part: Part) -> Iterator[tuple[int, NDArray, Ints]]:
    """Yield order, hashes and first symbol of the n-grams of each order."""
    hashes = stream.symbols
    allowed = np.ones(len(hashes), dtype=bool)
    blank = stream.symbols == streams.BLANK
    for order in range(1, max(part.orders) + 1):
        if order > 1:
            hashes = extend(hashes[:-1], stream.symbols[order - 1 :])
            allowed = allowed[:-1]
        if part.inside_words and order > 2:
            allowed = allowed & ~blank[order - 2 : -1]
        if order in part.orders:
            whole = stream.text[order - 1 :] == stream.text[: len(hashes)]
            if part.inside_words:
                whole &= ~(blank[order - 1 :] & blank[: len(hashes)])
            first = np.flatnonzero(allowed & whole)
            yield order, hashes[first], first


def _block_grams(block: Block, offset: int, layout: Layout) -> Iterator[Grams]:
    for number, part in enumerate(block.parts):
        stream = part.stream(layout)
        for order, hashes, first in _grams(stream, part):
            column = buckets(hashes, 16 * number + order, block.size) + offset
            yield Grams(column, first, first + order - 1, stream)


def _all_grams(layout: Layout) -> Iterator[Grams]:
    for block, offset in zip(BLOCKS, BLOCK_STARTS.tolist(), strict=True):
        yield from _block_grams(block, offset, layout)


def scale_blocks(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every block of every row to unit length, in place."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    block = np.searchsorted(BLOCK_STARTS, matrix.indices, side="right") - 1
    cell = rows * len(BLOCKS) + block
    squares = np.bincount(
        cell,
        weights=matrix.data.astype(np.float64) ** 2,
        minlength=matrix.shape[0] * len(BLOCKS),
    )
    norms = np.sqrt(squares)
    matrix.data /= norms[cell].astype(np.float32)
    return matrix


def _counts(layout: Layout) -> sparse.csr_matrix:
    keys = np.concatenate(
        [g.stream.text[g.first] * N_FEATURES + g.column for g in _all_grams(layout)]
    )
    keys.sort()
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    amount = np.diff(np.append(first, len(keys)))
    rows, columns = np.divmod(keys[first], N_FEATURES)
    indptr = np.searchsorted(rows, np.arange(len(layout.texts) + 1))
    values = (1 + np.log(amount)).astype(np.float32)
    return sparse.csr_matrix(
        (values, columns.astype(np.int32), indptr.astype(np.int32)),
        shape=(len(layout.texts), N_FEATURES),
    )


def _portions(texts: Sequence[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    size = 0
    for text in texts:
        portion.append(text)
        size += len(text)
        if size > _CHARACTERS_AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def featurise(texts: Sequence[str], style_only: bool = False) -> sparse.csr_matrix:
    """Count n-grams: ``1 + log(count)``, each block scaled to unit length.

    Parameters
    ----------
    texts
        Any strings; links become a marker. ``style_only`` masks mentions, hashtags and
        numbers too.

    Returns
    -------
    float32 matrix of shape ``(len(texts), N_FEATURES)`` with sorted columns.
    """
    views = [masked(text, style_only) for text in texts]
    matrices = [scale_blocks(_counts(Layout(portion))) for portion in _portions(views)]
    if not matrices:
        return sparse.csr_matrix((0, N_FEATURES), dtype=np.float32)
    return matrices[0] if len(matrices) == 1 else sparse.vstack(matrices, format="csr")


class Occurrences(NamedTuple):
    """Where features stand in a text: one entry per n-gram, spans in characters."""

    column: Ints
    start: Ints
    end: Ints


def occurrences(text: str, style_only: bool = False) -> Occurrences:
    """Find the characters of ``text`` that each of its features covers.

    A feature that occurs several times has several entries. Every entry covers at
    least one character unless ``text`` is empty.
    """
    view = View.of(text, style_only)
    layout = Layout([view.text])
    grams = list(_all_grams(layout))
    column = np.concatenate([g.column for g in grams])
    # The start mark stands before the first character of the view.
    start = np.concatenate([g.stream.start[g.first] for g in grams]) - 1
    end = np.concatenate([g.stream.end[g.last] for g in grams]) - 1
    if not len(view.text):
        return Occurrences(column, np.zeros_like(start), np.zeros_like(end))
    last = len(view.text) - 1
    return Occurrences(
        column,
        view.starts[start.clip(0, last)],
        view.ends[(end - 1).clip(0, last)],
    )
