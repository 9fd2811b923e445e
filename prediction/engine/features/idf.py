"""IDF weighting: rare features count more.

With it come weights that tell texts from outside from those of a site.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
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
# Each half of the reference texts is scored by weights that never saw it.
FOLDS = 2


def _no_weights() -> NDArray[np.float16]:
    return np.zeros((FOLDS, N_FEATURES), dtype=np.float16)


@dataclass(frozen=True, eq=False)
class IdfWeighting:
    """IDF weighting, and how features speak for texts from outside.

    Attributes
    ----------
    idf
        float32 of shape ``(N_FEATURES,)``.
    outside
        What `fit_outside` returns, float16 of shape ``(FOLDS, N_FEATURES)``.
    """

    idf: NDArray[np.float32]
    outside: NDArray[np.float16] = field(default_factory=_no_weights)

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

    @cached_property
    def _mean_outside(self) -> NDArray[np.float32]:
        return self.outside.mean(axis=0, dtype=np.float32)

    def outside_scores(self, features: sparse.csr_matrix) -> NDArray[np.float32]:
        """Say how much each weighted text is like those from outside.

        Shape ``(texts,)``; the site's tweets have a spread of about 1.
        """
        return np.asarray(features @ self._mean_outside, dtype=np.float32)

    def unseen_scores(self, reference: sparse.csr_matrix) -> NDArray[np.float32]:
        """Return the same for the very texts that the weights were fitted on: each is
        scored by those that never saw it."""
        by_fold = reference @ self.outside.T.astype(np.float32)
        rows = np.arange(len(by_fold))
        return np.asarray(by_fold[rows, rows % FOLDS], dtype=np.float32)

    def to_bytes(self) -> bytes:
        """Return the bytes to store."""
        return pack(_KIND, FEATURES_VERSION, {}, self.arrays())

    def arrays(self) -> dict[str, NDArray]:
        """Return what is stored."""
        return {"idf": self.idf, "outside": self.outside}

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`."""
        return cls.from_arrays(unpack(data, _KIND, FEATURES_VERSION).arrays, _KIND)

    @classmethod
    def from_arrays(cls, stored: Mapping[str, NDArray], kind: str) -> Self:
        """Read what `arrays` returned; raises `DamagedModelError`."""
        for name, dtype, shape in (
            ("idf", "<f4", (N_FEATURES,)),
            ("outside", "<f2", (FOLDS, N_FEATURES)),
        ):
            found = stored.get(name)
            fits = found is not None and (found.dtype.str, found.shape) == (
                dtype,
                shape,
            )
            require(fits, kind, f"no proper {name}")
            finite = bool(np.isfinite(stored[name]).all())
            require(finite, kind, "values that are not finite")
        return cls(stored["idf"], stored["outside"])


def feature_sums(features: sparse.csr_matrix) -> NDArray[np.float32]:
    """Return the sum of each text's weighted features, which grows with its length."""
    return np.asarray(features.sum(axis=1), dtype=np.float32).ravel()
