"""A sparse linear model of the style features, with which a signature scores."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.features.ngrams import N_FEATURES
from prediction.engine.storage import in_range, require


def used_columns(
    features: sparse.csr_matrix,
) -> tuple[NDArray[np.int64], sparse.csr_matrix]:
    """Return the columns that any row uses, and the same rows with only these."""
    is_used = np.zeros(N_FEATURES, dtype=bool)
    is_used[features.indices] = True
    columns = np.flatnonzero(is_used)
    place = np.cumsum(is_used, dtype=np.int32) - 1
    only_used = sparse.csr_matrix(
        (features.data, place[features.indices], features.indptr),
        shape=(features.shape[0], len(columns)),
    )
    return columns, only_used


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Score of a text with features x: ``weights . x + base_weight * sum(x) + bias``.

    ``base_weight`` is added to the weight of every feature. ``columns`` are sorted
    int32, ``weights`` float16 of the same length.
    """

    columns: NDArray[np.int32]
    weights: NDArray[np.float16]
    base_weight: float
    bias: float

    @classmethod
    def strongest(
        cls, dense: NDArray[np.float32], base_weight: float, size: int
    ) -> Self:
        """Keep the ``size`` weights that are largest in absolute value."""
        strength = np.abs(dense)
        if np.count_nonzero(strength) > size:
            threshold = np.partition(strength, -size)[-size]
            columns = np.flatnonzero(strength >= threshold)[:size]
        else:
            columns = np.flatnonzero(strength)
        weights = np.clip(dense[columns], -60_000, 60_000).astype(np.float16)
        return cls(columns.astype(np.int32), weights, base_weight, bias=0.0)

    def normalised(self, mean: float, spread: float) -> Self:
        """Return the model whose scores are ``(score - mean) / spread``."""
        weights = (self.weights.astype(np.float32) / spread).astype(np.float16)
        bias = (self.bias - mean) / spread
        return type(self)(self.columns, weights, self.base_weight / spread, bias)

    def positive_columns(self) -> NDArray[np.int32]:
        """Return the features that speak for the user."""
        return self.columns[self.weights > 0]

    def dense(self) -> NDArray[np.float32]:
        """Return the weights of all features, shape ``(N_FEATURES,)``."""
        weights = np.zeros(N_FEATURES, dtype=np.float32)
        weights[self.columns] = self.weights
        return weights + np.float32(self.base_weight)

    def weights_of(self, columns: NDArray[np.integer]) -> NDArray[np.float32]:
        """Return the weights of some features, shape ``(len(columns),)``."""
        if not len(self.columns):
            return np.full(len(columns), self.base_weight, dtype=np.float32)
        place = np.searchsorted(self.columns, columns)
        place[place == len(self.columns)] = 0
        weights = self.weights[place].astype(np.float32)
        weights[self.columns[place] != columns] = 0
        return weights + np.float32(self.base_weight)

    def decision_function(self, features: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score each row of ``features``, shape ``(rows,)``."""
        if features.shape[0] == 1:
            weights = self.weights_of(features.indices)
            return np.array([features.data @ weights + self.bias], dtype=np.float32)
        return (features @ self.dense() + self.bias).astype(np.float32)

    def check(self, kind: str) -> Self:
        """Raise `DamagedModelError` unless the arrays fit each other."""
        require(self.columns.dtype.str == "<i4", kind, "no proper columns")
        require(self.weights.dtype.str == "<f2", kind, "no proper weights")
        require(self.columns.shape == self.weights.shape, kind, "a wrong length")
        require(self.columns.ndim == 1, kind, "no proper columns")
        require(in_range(self.columns, N_FEATURES), kind, "columns out of range")
        require(bool((np.diff(self.columns) > 0).all()), kind, "unsorted columns")
        finite = (
            np.isfinite(self.weights).all()
            and np.isfinite([self.base_weight, self.bias]).all()
        )
        require(bool(finite), kind, "values that are not finite")
        return self
