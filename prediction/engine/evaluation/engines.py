"""The engines that an evaluation compares, by name; light to import."""

from collections.abc import Callable, Sequence
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

ENGINES = (
    "signature",
    "linear-svm",
    "char-lr",
    "naive-bayes",
    "vectors",
    "majority",
)
DEFAULT_ENGINES = ("signature", "linear-svm", "char-lr", "naive-bayes", "majority")
# Every gain is stated against the better of these two.
PEERS = ("linear-svm", "char-lr")


class TextClassifier(Protocol):
    """A scikit-learn classifier of texts, as far as an evaluation needs it."""

    def fit(self, X: Sequence[str], y: ArrayLike) -> Self:  # noqa: N803
        """Learn from texts; those of one label come oldest first."""
        ...

    def predict_proba(self, X: Sequence[str]) -> NDArray[np.floating]:  # noqa: N803
        """Return the probability of each label, shape (n_samples, n_classes)."""
        ...


Maker = Callable[[Sequence[Sequence[str]]], TextClassifier]


def maker(name: str, pipeline: str = "blank:en") -> Maker:
    """Return a function from the tweets of users outside the group to an engine.

    Parameters
    ----------
    pipeline
        spaCy pipeline of the ``vectors`` engine.

    Raises
    ------
    ValueError
        No engine has this name.
    """
    check_names([name])
    # Imported late: the names must not cost a second.
    if name == "signature":
        from prediction.engine.models.classifier import AuthorshipClassifier

        return lambda others: AuthorshipClassifier(background=others)
    if name == "vectors":
        from prediction.engine.models.vectors import text_vector_classifier

        return lambda others: text_vector_classifier(pipeline)
    from prediction.engine.evaluation.baselines import BASELINES

    return lambda others: BASELINES[name]()


def check_names(names: Sequence[str]) -> None:
    """Raise a ValueError that names what is not an engine."""
    unknown = sorted(set(names) - set(ENGINES))
    if unknown:
        raise ValueError(f"unknown engine: {', '.join(unknown)}")
