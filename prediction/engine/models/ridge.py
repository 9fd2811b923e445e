"""The discriminating half of a signature: ridge regression on one user's tweets.

Targets are 1 for the user's tweets and 0 for everybody else's. The normal equations are
solved by conjugate gradients (Hestenes and Stiefel, 1952), which needs nothing but
products with the sparse features; a dozen steps are as good as the exact solution.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]

_CONSTANT = np.float32(0.3)
_PENALTY = np.float32(1.0)


class Examples(NamedTuple):
    """A user's weighted features and the background's, with a weight for each row.

    Rows of weight zero take no part, which spares copies of the large matrix.
    """

    own: sparse.csr_matrix
    own_weights: Floats
    background: sparse.csr_matrix
    background_weights: Floats


def _apply(examples: Examples, weights: Floats, constant: np.float32) -> Floats:
    """Multiply with the matrix of the normal equations; the last entry is the bias."""
    slope, bias = weights[:-1], weights[-1] * constant
    own = (examples.own @ slope + bias) * examples.own_weights
    rest = (examples.background @ slope + bias) * examples.background_weights
    product = _PENALTY * weights
    product[:-1] += examples.own.T @ own
    product[:-1] += examples.background.T @ rest
    product[-1] += constant * (own.sum() + rest.sum())
    return product


def fit_ridge(examples: Examples, steps: int, start: Floats | None = None) -> Floats:
    """Return weights of shape ``(features + 1,)``; the last one is the constant's.

    Parameters
    ----------
    steps
        How many conjugate gradient steps to take.
    start
        Weights to begin with, such as those for most of the examples.
    """
    goal = np.zeros(examples.own.shape[1] + 1, dtype=np.float32)
    goal[:-1] = examples.own.T @ examples.own_weights
    goal[-1] = _CONSTANT * examples.own_weights.sum()
    if start is None:
        weights, residual = np.zeros_like(goal), goal
    else:
        weights, residual = start.copy(), goal - _apply(examples, start, _CONSTANT)
    direction = residual.copy()
    size = float(residual @ residual)
    for _ in range(steps):
        if size < 1e-12:
            break
        product = _apply(examples, direction, _CONSTANT)
        length = np.float32(size / float(direction @ product))
        weights += length * direction
        residual = residual - length * product
        before, size = size, float(residual @ residual)
        direction = residual + np.float32(size / before) * direction
    return weights
