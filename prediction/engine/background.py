"""A sample of tweets over all users: what everybody is told apart from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.features import FEATURES_VERSION, featurise
from prediction.engine.packing import pack, require, unpack
from prediction.engine.stored_matrix import from_arrays, to_arrays
from prediction.engine.weighting import Weighting

_KIND = "background"


@dataclass(frozen=True, eq=False)
class Background:
    """Weighed features of the sample and whose tweet each row is.

    Attributes
    ----------
    weighting
        Inverse document frequencies taken from the sample.
    matrix
        float32 of shape ``(tweets, N_FEATURES)``, each block of unit length.
    owners
        int64 of shape ``(tweets,)``.
    """

    weighting: Weighting
    matrix: sparse.csr_matrix
    owners: NDArray[np.int64]

    @classmethod
    def fit(cls, texts: Sequence[str], owners: Sequence[int]) -> Self:
        """Take a sample; ``owners`` holds the id of the user of every text."""
        return cls.from_features(featurise(texts), owners)

    @classmethod
    def from_features(cls, features: sparse.csr_matrix, owners: Sequence[int]) -> Self:
        """Take a sample whose raw features are there already."""
        if features.shape[0] != len(owners) or not len(owners):
            raise ValueError("a background needs tweets, and an owner for each")
        weighting = Weighting.fit(features)
        matrix = weighting.weigh(features)
        return cls(weighting, matrix, np.asarray(owners, dtype=np.int64))

    def without(self, owner: int) -> sparse.csr_matrix:
        """Rows of everybody else, shape ``(others, N_FEATURES)``."""
        return self.matrix[np.flatnonzero(self.owners != owner)]

    def excluding(self, owner: int) -> Self:
        """The same version without one user's tweets; the frequencies stay."""
        kept = np.flatnonzero(self.owners != owner)
        return type(self)(self.weighting, self.matrix[kept], self.owners[kept])

    def to_bytes(self) -> bytes:
        """Return the bytes to store, 6 per non-zero feature."""
        arrays = {
            "idf": self.weighting.idf,
            "owners": self.owners,
            **to_arrays(self.matrix),
        }
        return pack(_KIND, FEATURES_VERSION, {}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`."""
        arrays = unpack(data, _KIND, FEATURES_VERSION).arrays
        matrix = from_arrays(arrays, _KIND)
        idf, owners = arrays.get("idf"), arrays.get("owners")
        require(idf is not None and idf.shape == (matrix.shape[1],), _KIND, "no idf")
        require(
            owners is not None
            and owners.dtype.str == "<i8"
            and owners.shape == (matrix.shape[0],),
            _KIND,
            "no owner for each tweet",
        )
        assert idf is not None  # noqa: S101 - told to the type checker
        assert owners is not None  # noqa: S101
        return cls(Weighting(idf), matrix, owners)
