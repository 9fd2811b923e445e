"""The naive Bayes half of a signature.

A feature's weight is the logarithm of how much more often the user has it than the
background, with Dirichlet smoothing towards the background (Zhai and Lafferty, "A study
of smoothing methods for language models", 2004). What a feature that the user never
had would get is the same for all: it is kept apart as a factor on the text's mass, so
that the weights stay sparse.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def log_ratio(
    own: sparse.csr_matrix, others: sparse.csr_matrix, smoothing: float
) -> tuple[NDArray[np.float32], float]:
    """Return weights of shape ``(features,)`` and the factor on a text's mass.

    Parameters
    ----------
    smoothing
        Weight of the background in the user's distribution, in features.
    """
    counts = np.asarray(own.sum(axis=0), dtype=np.float64).ravel()
    frequency = np.asarray(others.sum(axis=0), dtype=np.float64).ravel() + counts
    mean = others.sum() / max(others.shape[0], 1) / others.shape[1]
    frequency += mean
    frequency /= frequency.sum()
    weights = np.log1p(counts / (smoothing * frequency))
    absent = float(np.log(smoothing / (counts.sum() + smoothing)))
    return weights.astype(np.float32), absent
