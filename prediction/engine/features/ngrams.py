"""Style features of a text: hashed n-grams in blocks.

Each block counts n-grams of one kind (letters, words, sentence patterns, layout) in its
own range of columns and is scaled to unit length by itself, so that the block with most
n-grams does not dominate.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.features import streams
from prediction.engine.features.hashing import buckets, extend, salt
from prediction.engine.features.masking import View, masked
from prediction.engine.features.streams import Ints, Layout, Stream

# Goes up when the features change, or what is stored of models.
FEATURES_VERSION = 6
_CHARACTERS_AT_ONCE = 200_000


class Part(NamedTuple):
    """N-grams of some orders over one stream."""

    stream: Callable[[Layout], Stream]
    orders: tuple[int, ...]
    inside_words: bool = False


class Block(NamedTuple):
    """Parts that share a range of columns, scaled to unit length together."""

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
# Blocks with fewer different features than this count for less. Words say what they
# say, however few; the same few layouts come in everybody's tweets.
_ENOUGH_FEATURES = np.array([40, 1, 1, 30, 30])
BLOCK_STARTS = np.cumsum([0] + [block.size for block in BLOCKS])[:-1]
# Every block is a whole number of pages, so a column's page names its block.
_PAGE_BITS = 15
_PAGES = np.arange(N_FEATURES >> _PAGE_BITS) << _PAGE_BITS
_BLOCK_OF_PAGE = np.searchsorted(BLOCK_STARTS, _PAGES, side="right") - 1


class Grams(NamedTuple):
    """All n-grams of a layout: column, text and the code points that each covers."""

    column: Ints
    text: Ints
    start: Ints
    end: Ints


class _Run(NamedTuple):
    """N-grams of one order, before their hashes become columns."""

    hashes: NDArray[np.uint64]
    size: int
    offset: int
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


def _runs(layout: Layout) -> Iterator[_Run]:
    for block, offset in zip(BLOCKS, BLOCK_STARTS.tolist(), strict=True):
        for number, part in enumerate(block.parts):
            stream = part.stream(layout)
            for order, hashes, first in _grams(stream, part):
                salted = hashes + salt(16 * number + order)
                last = first + order - 1
                yield _Run(salted, block.size, offset, first, last, stream)


def _all_grams(layout: Layout) -> Grams:
    runs = list(_runs(layout))
    amounts = [len(run.first) for run in runs]
    # In one call: a tweet is so short that every call counts.
    sizes = np.repeat(np.array([run.size for run in runs], np.uint64), amounts)
    column = buckets(np.concatenate([run.hashes for run in runs]), sizes)
    column += np.repeat([run.offset for run in runs], amounts)
    return Grams(
        column,
        np.concatenate([run.stream.text[run.first] for run in runs]),
        np.concatenate([run.stream.start[run.first] for run in runs]),
        np.concatenate([run.stream.end[run.last] for run in runs]),
    )


def block_of(columns: NDArray[np.integer]) -> Ints:
    """Return the number of the block that each column belongs to."""
    return np.asarray(_BLOCK_OF_PAGE[columns >> _PAGE_BITS])


def scale_blocks(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every block of every row to unit length, in place."""
    cell = _cells(matrix)
    matrix.data /= _lengths(matrix, cell)[cell]
    return matrix


def scale_by_variety(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every block of every row in place: to unit length, or to less where its
    few different features say little.

    "so tired" has the layout of very many tweets; at full length, the few layouts that
    it consists of would outweigh all of its words.
    """
    cell = _cells(matrix)
    different = np.bincount(cell, minlength=matrix.shape[0] * len(BLOCKS))
    enough = np.tile(_ENOUGH_FEATURES, matrix.shape[0])
    variety = np.minimum(different / enough, 1)
    matrix.data *= (variety / _lengths(matrix, cell)).astype(np.float32)[cell]
    return matrix


def _cells(matrix: sparse.csr_matrix) -> Ints:
    """Number each stored value's row and block together."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return np.asarray(rows * len(BLOCKS) + block_of(matrix.indices))


def _lengths(matrix: sparse.csr_matrix, cell: Ints) -> NDArray[np.float32]:
    """Return each cell's length; 1 for an empty one."""
    squares = np.bincount(
        cell,
        weights=matrix.data.astype(np.float64) ** 2,
        minlength=matrix.shape[0] * len(BLOCKS),
    )
    squares[squares == 0] = 1
    return np.sqrt(squares).astype(np.float32)


def _counts(grams: Grams, texts: int) -> sparse.csr_matrix:
    keys = grams.text * N_FEATURES + grams.column
    keys.sort()
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    amount = np.diff(np.append(first, len(keys)))
    rows, columns = np.divmod(keys[first], N_FEATURES)
    indptr = np.searchsorted(rows, np.arange(texts + 1))
    values = (1 + np.log(amount)).astype(np.float32)
    return sparse.csr_matrix(
        (values, columns.astype(np.int32), indptr.astype(np.int32)),
        shape=(texts, N_FEATURES),
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


def transform(texts: Sequence[str], style_only: bool = False) -> sparse.csr_matrix:
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
    matrices = [
        scale_blocks(_counts(_all_grams(Layout(portion)), len(portion)))
        for portion in _portions(views)
    ]
    if not matrices:
        return sparse.csr_matrix((0, N_FEATURES), dtype=np.float32)
    return matrices[0] if len(matrices) == 1 else sparse.vstack(matrices, format="csr")


class Occurrences(NamedTuple):
    """Positions of features in a text: one entry per n-gram, in characters."""

    column: Ints
    start: Ints
    end: Ints


class Located(NamedTuple):
    """One text's features, as of `transform`, and where they occur."""

    features: sparse.csr_matrix
    occurrences: Occurrences


def locate(text: str, style_only: bool = False) -> Located:
    """Transform one text and find the characters that each feature covers.

    A feature that occurs several times has several entries. Every entry covers at
    least one character unless ``text`` is empty.
    """
    view = View.of(text, style_only)
    grams = _all_grams(Layout([view.text]))
    features = scale_blocks(_counts(grams, 1))
    if not len(view.text):
        nowhere = np.zeros_like(grams.start)
        return Located(features, Occurrences(grams.column, nowhere, nowhere))
    # The start mark stands before the first character of the view.
    last = len(view.text) - 1
    start = view.starts[(grams.start - 1).clip(0, last)]
    end = view.ends[(grams.end - 2).clip(0, last)]
    return Located(features, Occurrences(grams.column, start, end))
