"""Baselines to compare with: scikit-learn classifiers, fitted on the group itself."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from prediction.engine.features.masking import masked


class TextClassifier(Protocol):
    """A scikit-learn classifier of texts, as far as an evaluation needs it."""

    def fit(self, X: Sequence[str], y: ArrayLike) -> Self:  # noqa: N803
        """Learn from texts; those of one label come oldest first."""
        ...

    def predict_proba(self, X: Sequence[str]) -> NDArray[np.floating]:  # noqa: N803
        """Return the probability of each label, shape (n_samples, n_classes)."""
        ...


class SoftmaxSVC(LinearSVC):
    """A linear support vector machine; probabilities are the softmax of its margins."""

    def predict_proba(self, X: Any) -> NDArray[np.floating]:  # noqa: N803
        """Return probabilities of shape (n_samples, n_classes)."""
        margins = np.asarray(self.decision_function(X))
        if margins.ndim == 1:
            margins = np.stack([-margins, margins], axis=1)
        return np.asarray(softmax(margins, axis=1))


def linear_svm() -> Pipeline:
    """Make a linear SVM over TF-IDF of characters 2-5 and words 1-2."""
    characters = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 5), sublinear_tf=True, min_df=2
    )
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    machine = SoftmaxSVC(C=0.3, random_state=0)
    return make_pipeline(_mask_links(), make_union(characters, words), machine)


def naive_bayes() -> Pipeline:
    """Make multinomial naive Bayes over the counts of words 1-2."""
    counts = CountVectorizer(ngram_range=(1, 2))
    return make_pipeline(_mask_links(), counts, MultinomialNB(alpha=0.1))


def majority() -> DummyClassifier:
    """Make a classifier that always names the user with most tweets."""
    return DummyClassifier(strategy="prior")


def _mask_links() -> FunctionTransformer:
    return FunctionTransformer(_masked)


def _masked(texts: Sequence[str]) -> list[str]:
    return [masked(text, style_only=False) for text in texts]


BASELINES: dict[str, Callable[[], TextClassifier]] = {
    "linear-svm": linear_svm,
    "naive-bayes": naive_bayes,
    "majority": majority,
}
