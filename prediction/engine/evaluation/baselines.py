"""Other ways to predict, to be compared with: each is fitted on the group itself."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from prediction.engine.features.masking import masked

Floats = NDArray[np.floating]


class TextClassifier(Protocol):
    """Learns texts with labels ``0 .. k - 1``; answers have shape ``(texts, k)``."""

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> Self:
        """Learn from texts; those of one label come oldest first."""
        ...

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return the probability of each label, rows summing to 1."""
        ...

    def somebody(self, texts: Sequence[str]) -> Floats:
        """Return how much speaks for any of the labels, shape ``(texts,)``."""
        ...


class _Surest(TextClassifier, Protocol):
    """For classifiers without a verification: the highest probability stands in."""

    def somebody(self, texts: Sequence[str]) -> Floats:
        """Return the highest probability."""
        return np.asarray(self.probabilities(texts).max(axis=1))


def _without_links(texts: Sequence[str]) -> list[str]:
    return [masked(text, False) for text in texts]


def _term_frequencies() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    return make_union(
        TfidfVectorizer(
            analyzer="char", ngram_range=(2, 5), sublinear_tf=True, min_df=2
        ),
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
    )


class LinearSvm(_Surest):
    """TF-IDF of characters 2-5 and words 1-2, linear support vector machine."""

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> Self:
        """Fit one machine per user against the others of the group."""
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        machine = LinearSVC(C=0.3, random_state=0)
        self._pipeline = make_pipeline(_term_frequencies(), machine)
        self._pipeline.fit(_without_links(texts), labels)
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return the softmax of the margins."""
        margins = np.asarray(self._pipeline.decision_function(_without_links(texts)))
        if margins.ndim == 1:
            margins = np.stack([-margins, margins], axis=1)
        return softmax(margins, axis=1)


class NaiveBayes(_Surest):
    """Multinomial naive Bayes over the counts of words 1-2."""

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> Self:
        """Count words per user."""
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.naive_bayes import MultinomialNB
        from sklearn.pipeline import make_pipeline

        self._pipeline = make_pipeline(
            CountVectorizer(ngram_range=(1, 2)), MultinomialNB(alpha=0.1)
        )
        self._pipeline.fit(_without_links(texts), labels)
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return the model's own probabilities."""
        return np.asarray(self._pipeline.predict_proba(_without_links(texts)))


class Majority(_Surest):
    """Always names the user with most tweets: what knowing nothing reaches."""

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> Self:
        """Count tweets per user."""
        counts = np.bincount(np.asarray(labels)).astype(float)
        self._shares = counts / counts.sum()
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return each user's share of the tweets."""
        return np.tile(self._shares, (len(texts), 1))


BASELINES: dict[str, Callable[[], TextClassifier]] = {
    "linear-svm": LinearSvm,
    "naive-bayes": NaiveBayes,
    "majority": Majority,
}
