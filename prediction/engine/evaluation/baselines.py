"""Baselines to compare with: scikit-learn pipelines, fitted on the group itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from prediction.engine.evaluation.engines import TextClassifier
from prediction.engine.features.masking import masked


class SoftmaxSVC(LinearSVC):
    """A linear support vector machine; probabilities are the softmax of its margins."""

    def predict_proba(self, X: Any) -> NDArray[np.floating]:  # noqa: N803
        """Return probabilities of shape (n_samples, n_classes)."""
        margins = np.asarray(self.decision_function(X))
        if margins.ndim == 1:
            margins = np.stack([-margins, margins], axis=1)
        return np.asarray(softmax(margins, axis=1))


def linear_svm() -> Pipeline:
    """Make a linear SVM over TF-IDF of characters 2-5 and words 1-2.

    Characters keep their case, and each of the two blocks has its own L2 norm.
    """
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    machine = SoftmaxSVC(C=0.3, random_state=0)
    return make_pipeline(_mask_links(), make_union(_characters(), words), machine)


def char_lr() -> Pipeline:
    """Make logistic regressions, one per user, over TF-IDF of characters 2-5.

    After the n-gram models of the Valla benchmark (Tyo, Dhingra and Lipton, arXiv
    2209.06869), fitted by liblinear's dual coordinate descent. C from 10 to 100 is
    flat.
    """
    machine = LogisticRegression(
        C=30, solver="liblinear", dual=True, tol=1e-2, random_state=0
    )
    return make_pipeline(_mask_links(), _characters(), OneVsRestClassifier(machine))


def naive_bayes() -> Pipeline:
    """Make multinomial naive Bayes over the counts of words 1-2."""
    counts = CountVectorizer(ngram_range=(1, 2))
    return make_pipeline(_mask_links(), counts, MultinomialNB(alpha=0.1))


def majority() -> DummyClassifier:
    """Make a classifier that always names the user with most tweets."""
    return DummyClassifier(strategy="prior")


def _characters() -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char",
        lowercase=False,
        ngram_range=(2, 5),
        sublinear_tf=True,
        min_df=2,
    )


def _mask_links() -> FunctionTransformer:
    return FunctionTransformer(_masked)


def _masked(texts: Sequence[str]) -> list[str]:
    return [masked(text, style_only=False) for text in texts]


BASELINES: dict[str, Callable[[], TextClassifier]] = {
    "linear-svm": linear_svm,
    "char-lr": char_lr,
    "naive-bayes": naive_bayes,
    "majority": majority,
}
