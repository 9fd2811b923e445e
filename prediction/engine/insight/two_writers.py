"""Whether two sets of tweets may be one person's, by how they are written.

Signatures would not do: they are trained to separate whoever is stored as two.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# Chosen on one half of 175 real people so that a tenth of the same ones fall below it;
# docs/engine.md has what it does for the other half.
DIFFERENT_BELOW = 0.27
# Fewer tweets of either say too little.
FEWEST_COMPARED = 20
# A length that chance alone can have, so that nothing is divided by zero.
_SHORTEST = 1e-6


def agreement(
    one: sparse.csr_matrix, other: sparse.csr_matrix, centre: NDArray[np.float64]
) -> float:
    """Return how much two sets of tweets lean away from the mean in one direction.

    It is the cosine of their mean features, seen from ``centre``, corrected for their
    noise: about 1 for two samples of one style whatever their sizes, 0 for strangers.
    The correction takes lengths from the product of both halves of a set, every other
    tweet, in which noise cancels out (Spearman's correction for attenuation).

    Parameters
    ----------
    one, other
        Weighted features, shape ``(tweets, N_FEATURES)``, two tweets or more of each.
    centre
        Mean features of everybody, shape ``(N_FEATURES,)``.
    """
    square = float(centre @ centre)

    def product(rows: sparse.csr_matrix, others: sparse.csr_matrix) -> float:
        left, right = _mean(rows), _mean(others)
        from_centre = float(left @ right) - float(left @ centre)
        return from_centre - float(right @ centre) + square

    lengths = [max(product(rows[::2], rows[1::2]), _SHORTEST) for rows in (one, other)]
    return product(one, other) / float(np.sqrt(lengths[0] * lengths[1]))


def centre_of(
    matrix: sparse.csr_matrix, owners: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the mean over people of their mean features."""
    _, place, counts = np.unique(owners, return_inverse=True, return_counts=True)
    weights = 1.0 / counts[place] / len(counts)
    return np.asarray(matrix.T @ weights, dtype=np.float64).ravel()


def _mean(rows: sparse.csr_matrix) -> NDArray[np.float64]:
    return np.asarray(rows.mean(axis=0), dtype=np.float64).ravel()
