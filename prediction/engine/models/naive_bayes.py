"""The naive Bayes half of a signature.

A feature's weight is the logarithm of its frequency in the user's tweets over that in
the background, with Dirichlet smoothing towards the background (Zhai and Lafferty, "A
study of smoothing methods for language models", 2004). All features that the user never
used have the same weight: it is kept as one base weight, and the others stay sparse.
"""

import numpy as np
from numpy.typing import NDArray

from prediction.engine.models.svm import Examples

_RARE = np.float32(1e-3)


def log_ratio(
    examples: Examples, smoothing: float
) -> tuple[NDArray[np.float32], float]:
    """Return weights of shape ``(features,)``, and the base weight.

    Parameters
    ----------
    smoothing
        Weight of the background in the user's distribution, in features.
    """
    counts = examples.own.T @ examples.own_used.astype(np.float32)
    used = examples.background_used.astype(np.float32)
    frequency = examples.background.T @ used + counts
    frequency += frequency.sum() / len(frequency) * _RARE
    frequency /= frequency.sum()
    weights = np.log1p(counts / (smoothing * frequency))
    absent = float(np.log(smoothing / (counts.sum() + smoothing)))
    return weights, absent
