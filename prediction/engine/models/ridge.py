"""The discriminative half of a signature: ridge regression on one user's tweets.

Targets are 1 for the user's tweets and 0 for everybody else's. The normal equations are
solved by conjugate gradients, which need nothing but products with the sparse features;
a dozen steps are as good as the exact solution.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg

Floats = NDArray[np.float32]

_CONSTANT = np.float32(0.3)
_PENALTY = np.float32(1.0)
_TOLERANCE = 1e-6


class Examples(NamedTuple):
    """A user's weighted features and the background's, with a weight for each row.

    Rows of weight zero are ignored, which spares copies of the large matrix.
    """

    own: sparse.csr_matrix
    own_weights: Floats
    background: sparse.csr_matrix
    background_weights: Floats


def fit_ridge(examples: Examples, steps: int, start: Floats | None = None) -> Floats:
    """Return weights of shape ``(features + 1,)``; the last one is the constant's.

    Parameters
    ----------
    steps
        How many conjugate gradient steps to take at most.
    start
        Weights to begin with, such as those for most of the examples.
    """
    size = examples.own.shape[1] + 1
    goal = np.zeros(size, dtype=np.float32)
    goal[:-1] = examples.own.T @ examples.own_weights
    goal[-1] = _CONSTANT * examples.own_weights.sum()
    normal_equations = LinearOperator(
        (size, size), lambda weights: _apply(examples, weights), dtype=np.float32
    )
    weights, _ = cg(
        normal_equations, goal, start, rtol=0.0, atol=_TOLERANCE, maxiter=steps
    )
    return weights


def _apply(examples: Examples, weights: Floats) -> Floats:
    """Multiply with the matrix of the normal equations; the last entry is the bias."""
    slope, bias = weights[:-1], weights[-1] * _CONSTANT
    own = (examples.own @ slope + bias) * examples.own_weights
    rest = (examples.background @ slope + bias) * examples.background_weights
    product = _PENALTY * weights
    product[:-1] += examples.own.T @ own
    product[:-1] += examples.background.T @ rest
    product[-1] += _CONSTANT * (own.sum() + rest.sum())
    return product
