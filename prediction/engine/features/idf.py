"""IDF weighting: rare features count more."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.features.ngrams import (
    FEATURES_VERSION,
    N_FEATURES,
    scale_by_variety,
)
from prediction.engine.storage import pack, require, unpack

_KIND = "weighting"


@dataclass(frozen=True, eq=False)
class IdfWeighting:
    """IDF weighting: ``idf`` is float32 of shape ``(N_FEATURES,)``."""

    idf: NDArray[np.float32]

    @classmethod
    def fit(cls, matrix: sparse.csr_matrix) -> Self:
        """Learn smoothed inverse document frequencies from raw features."""
        rows = matrix.shape[0]
        frequency = np.bincount(matrix.indices, minlength=N_FEATURES)
        idf = np.log((1 + rows) / (1 + frequency)) + 1
        return cls(idf.astype(np.float32))

    def transform(self, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """Weight raw features and scale each block to unit length again, or to less.

        Shape ``(texts, N_FEATURES)`` in and out.
        """
        weighted = sparse.csr_matrix(
            (matrix.data * self.idf[matrix.indices], matrix.indices, matrix.indptr),
            shape=matrix.shape,
        )
        return scale_by_variety(weighted)

    def to_bytes(self) -> bytes:
        """Return the bytes to store."""
        return pack(_KIND, FEATURES_VERSION, {}, {"idf": self.idf})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`."""
        arrays = unpack(data, _KIND, FEATURES_VERSION).arrays
        idf = arrays.get("idf", np.empty(0))
        require(idf.dtype.str == "<f4", _KIND, "no frequencies")
        require(idf.shape == (N_FEATURES,), _KIND, "a wrong number of features")
        require(bool(np.isfinite(idf).all()), _KIND, "values that are not finite")
        return cls(idf)


def feature_sums(features: sparse.csr_matrix) -> NDArray[np.float32]:
    """Return the sum of each text's weighted features, which grows with its length."""
    return np.asarray(features.sum(axis=1), dtype=np.float32).ravel()
