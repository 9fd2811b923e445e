"""The style features as a scikit-learn transformer."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from prediction.engine.features import ngrams
from prediction.engine.features.ngrams import N_FEATURES


class StyleVectorizer(TransformerMixin, BaseEstimator):
    """Turn texts into hashed style features.

    The transformer is stateless: `fit` learns nothing.

    Parameters
    ----------
    style_only : bool, default=False
        Mask mentions, hashtags and numbers as well as links.

    Examples
    --------
    >>> from prediction.engine import StyleVectorizer
    >>> StyleVectorizer().transform(["Fog again!", "come on ref"]).shape
    (2, 262144)
    """

    def __init__(self, *, style_only: bool = False) -> None:
        self.style_only = style_only

    def fit(self, X: Sequence[str], y: Any = None) -> Self:  # noqa: N803
        """Check that ``X`` holds texts; there is nothing to learn."""
        check_texts(X)
        return self

    def transform(self, X: Sequence[str]) -> sparse.csr_matrix:  # noqa: N803
        """Return a float32 matrix of shape (n_samples, 262144).

        Values are ``1 + log(count)``; each of the five blocks of a row has unit length.
        """
        return ngrams.transform(check_texts(X), self.style_only)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return ``feature0`` and so on: hashed features have no better names."""
        return np.array([f"feature{i}" for i in range(N_FEATURES)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.requires_fit = False
        return tags


def check_texts(texts: Sequence[str]) -> list[str]:
    """Return the texts as a list.

    Raises
    ------
    ValueError
        A single string, a table, or no texts at all.
    TypeError
        Something among them is no string.
    """
    if isinstance(texts, str):
        raise ValueError("Expected a sequence of texts, got a single string")
    if getattr(texts, "ndim", 1) != 1:
        raise ValueError("Expected a sequence of texts, got an array of another shape")
    checked = list(texts)
    if not checked:
        raise ValueError("Expected at least one text; found array with 0 sample(s)")
    for text in checked:
        if not isinstance(text, str):
            raise TypeError(f"Expected texts, got {type(text).__name__}")
    return checked
