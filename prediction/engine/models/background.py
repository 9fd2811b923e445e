"""A sample of tweets over all users, the negatives of every signature."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.engine.models.outsider import fit_outside
from prediction.engine.storage import (
    matrix_arrays,
    pack,
    read_matrix,
    require,
    unpack,
)

_KIND = "background"


@dataclass(frozen=True, eq=False)
class Background:
    """Weighted features of the sample and the author of each row.

    Attributes
    ----------
    idf
        Learned from the sample, and what tells texts from outside from it.
    matrix
        float32 of shape ``(tweets, N_FEATURES)``, each block of unit length.
    owners
        int64 of shape ``(tweets,)``.
    newest
        Marks the rows of their owners' holdout, which train no holdout model at all.
    """

    idf: IdfWeighting
    matrix: sparse.csr_matrix
    owners: NDArray[np.int64]
    newest: NDArray[np.bool_]

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        owners: Sequence[int],
        newest: Sequence[bool] | None = None,
    ) -> Self:
        """Make a background of texts; ``owners`` holds the user's id for each."""
        return cls.from_features(ngrams.transform(texts), owners, newest)

    @classmethod
    def from_features(
        cls,
        features: sparse.csr_matrix,
        owners: Sequence[int],
        newest: Sequence[bool] | None = None,
    ) -> Self:
        """Make a background of raw features (`ngrams.transform`).

        Without ``newest`` no row belongs to a holdout.

        Raises
        ------
        ValueError
            No tweets, or not one owner for each.
        """
        if features.shape[0] != len(owners) or not len(owners):
            raise ValueError("a background needs tweets, and an owner for each")
        flags = np.zeros(len(owners), dtype=bool) if newest is None else newest
        idf = IdfWeighting.fit(features)
        matrix = idf.transform(features)
        return cls(
            replace(idf, outside=fit_outside(idf, matrix)),
            matrix,
            np.asarray(owners, dtype=np.int64),
            np.asarray(flags, dtype=bool),
        )

    def excluding(self, owner: int) -> Self:
        """Return the same without one user's tweets; the IDF stays."""
        kept = np.flatnonzero(self.owners != owner)
        return type(self)(
            self.idf, self.matrix[kept], self.owners[kept], self.newest[kept]
        )

    def to_bytes(self) -> bytes:
        """Return the bytes to store, 6 per non-zero feature."""
        arrays: dict[str, NDArray] = {
            **self.idf.arrays(),
            "owners": self.owners,
            "newest": self.newest.astype(np.uint8),
            **matrix_arrays(self.matrix),
        }
        return pack(_KIND, FEATURES_VERSION, {}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`."""
        arrays = unpack(data, _KIND, FEATURES_VERSION).arrays
        matrix = read_matrix(arrays, _KIND)
        for name, dtype, shape in (
            ("owners", "<i8", matrix.shape[:1]),
            ("newest", "|u1", matrix.shape[:1]),
        ):
            found = arrays.get(name)
            fits = found is not None and (found.dtype.str, found.shape) == (
                dtype,
                shape,
            )
            require(fits, _KIND, f"no proper {name}")
        idf = IdfWeighting.from_arrays(arrays, _KIND)
        return cls(idf, matrix, arrays["owners"], arrays["newest"] > 0)
