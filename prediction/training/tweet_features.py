"""Features of tweets. A build needs some twice, for its background and for their
author's signature: within `once` they are computed once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from scipy import sparse

from prediction.engine.features.ngrams import featurise

Known = dict[int, tuple[list[str], sparse.csr_matrix]]

_known: ContextVar[Known | None] = ContextVar("known", default=None)


@contextmanager
def once() -> Iterator[None]:
    """Keeps what `sample_features` reads until the end of the block, for this thread
    and for processes forked from it: some 50 MB for a background."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def sample_features(user_id: int, texts: list[str]) -> sparse.csr_matrix:
    """Raw features of what stands in a background for a user."""
    features = featurise(texts)
    known = _known.get()
    if known is not None:
        known[user_id] = texts, features
    return features


def features_of(user_id: int, texts: Sequence[str]) -> sparse.csr_matrix:
    """Raw features of a user's tweets, computing only those not known yet."""
    old, features = (_known.get() or {}).get(user_id, ([], None))
    row = {text: number for number, text in enumerate(old)}
    new = [text for text in dict.fromkeys(texts) if text not in row]
    if features is None or not row:
        return featurise(texts)
    row |= {text: number for number, text in enumerate(new, len(old))}
    both = sparse.vstack([features, featurise(new)], format="csr")
    return both[[row[text] for text in texts]]
