"""Features of tweets that a build needs twice: for the background and for their
author's signature."""

from collections.abc import Sequence

from scipy import sparse

from prediction.engine.features import ngrams


class TweetFeatures:
    """Raw features of users' tweets; those of the background are computed once.

    A full background takes about 50 MB.

    Attributes
    ----------
    computed : int
        How many texts were transformed so far.
    """

    def __init__(self) -> None:
        self.computed = 0
        self._kept: dict[int, tuple[list[str], sparse.csr_matrix]] = {}

    def compute_and_keep(self, user_id: int, texts: list[str]) -> sparse.csr_matrix:
        """Compute the features of a user's texts and keep them for `of`."""
        features = self._transform(texts)
        self._kept[user_id] = texts, features
        return features

    def of(self, user_id: int, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return the features of a user's texts, shape ``(texts, features)``,
        computing only those that are not kept."""
        if user_id not in self._kept:
            return self._transform(texts)
        kept_texts, kept = self._kept[user_id]
        row = {text: number for number, text in enumerate(kept_texts)}
        new = [text for text in dict.fromkeys(texts) if text not in row]
        row |= {text: number for number, text in enumerate(new, len(kept_texts))}
        both = sparse.vstack([kept, self._transform(new)], format="csr")
        return both[[row[text] for text in texts]]

    def _transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        self.computed += len(texts)
        return ngrams.transform(texts)
