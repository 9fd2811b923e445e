"""Sparse feature matrices as arrays for `prediction.engine.storage`, and back."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.features.ngrams import N_FEATURES
from prediction.engine.storage import require


def to_arrays(matrix: sparse.csr_matrix) -> dict[str, NDArray]:
    """Split a feature matrix into arrays; values are kept as float16."""
    return {
        "indptr": matrix.indptr.astype("<i4"),
        "indices": matrix.indices.astype("<i4"),
        "data": matrix.data.astype("<f2"),
    }


def from_arrays(arrays: dict[str, NDArray], kind: str) -> sparse.csr_matrix:
    """Check and rebuild a matrix of shape ``(rows, N_FEATURES)``.

    Raises
    ------
    DamagedModelError
        Something is missing, out of bounds or not finite.
    """
    names = {"indptr": "<i4", "indices": "<i4", "data": "<f2"}
    for name, dtype in names.items():
        found = arrays.get(name)
        require(
            found is not None and found.dtype.str == dtype and found.ndim == 1,
            kind,
            f"no proper {name}",
        )
    indptr, indices, data = arrays["indptr"], arrays["indices"], arrays["data"]
    require(len(indptr) > 0 and indptr[0] == 0, kind, "bad row bounds")
    require(bool((np.diff(indptr) >= 0).all()), kind, "bad row bounds")
    require(len(indices) == len(data) == int(indptr[-1]), kind, "a wrong length")
    require(in_range(indices, N_FEATURES), kind, "columns out of range")
    require(bool(np.isfinite(data).all()), kind, "values that are not finite")
    shape = (len(indptr) - 1, N_FEATURES)
    return sparse.csr_matrix((data.astype(np.float32), indices, indptr), shape=shape)


def in_range(values: NDArray, size: int) -> bool:
    """Say whether every value is one of ``0 .. size - 1``."""
    return not len(values) or (int(values.min()) >= 0 and int(values.max()) < size)
