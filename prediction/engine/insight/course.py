"""How the evidence runs through a text of several lines: rolling attribution.

After Eder (2016), "Rolling stylometry": each window of neighbouring lines is attributed
by itself, and the windows overlap.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

Floats = NDArray[np.floating]

# Fewer lines have no course; windows reach over an eighth of a long text.
FEWEST_LINES = 4
NEAREST, FARTHEST, PARTS = 1, 7, 16


def reach_of(lines: int) -> int:
    """Return how many lines a window reaches to each side of its own."""
    return min(max(lines // PARTS, NEAREST), FARTHEST)


def rolling_shares(logits: Floats, reach: int) -> Floats:
    """Return each member's probability around each line, given that one of them wrote
    the lines there.

    Parameters
    ----------
    logits
        What each line adds to each member's logit, shape ``(lines, members)``.
    reach
        How many lines to each side count.

    Returns
    -------
    Of the same shape; rows sum to 1.
    """
    sums = np.vstack([np.zeros(logits.shape[1]), np.cumsum(logits, axis=0)])
    lines = np.arange(len(logits))
    first = np.maximum(lines - reach, 0)
    last = np.minimum(lines + reach + 1, len(logits))
    return np.asarray(softmax(sums[last] - sums[first], axis=1))
