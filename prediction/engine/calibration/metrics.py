"""Measures of accuracy and calibration that scikit-learn does not have."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]

_BINS = 10


@dataclass(frozen=True)
class ReliabilityBin:
    """Predictions whose probability lay in ``[low, high)``."""

    low: float
    high: float
    count: int
    mean_probability: float
    share_right: float


def reliability(
    confidence: Floats, right: Flags, bins: int = _BINS
) -> tuple[ReliabilityBin, ...]:
    """Count predictions in bins of equal width by their confidence.

    Parameters
    ----------
    confidence
        Probability of each predicted class, shape ``(predictions,)``.
    right
        Whether each was right, of the same shape.

    Returns
    -------
    The bins that hold any prediction, in ascending order.
    """
    place = np.clip((np.asarray(confidence) * bins).astype(int), 0, bins - 1)
    found = []
    for number in np.unique(place):
        inside = place == number
        found.append(
            ReliabilityBin(
                low=number / bins,
                high=(number + 1) / bins,
                count=int(inside.sum()),
                mean_probability=float(np.mean(confidence[inside])),
                share_right=float(np.mean(right[inside])),
            )
        )
    return tuple(found)


def expected_calibration_error(
    confidence: Floats, right: Flags, bins: int = _BINS
) -> float:
    """Return the mean distance between confidence and accuracy, weighted by bin size.

    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using
    Bayesian binning" (2015), with bins of equal width.
    """
    total = len(confidence)
    gaps = [
        b.count * abs(b.mean_probability - b.share_right)
        for b in reliability(confidence, right, bins)
    ]
    return float(sum(gaps) / total) if total else 0.0


def coverage_at(precision: float, confidence: Floats, right: Flags) -> float:
    """Return the largest share of predictions, by confidence, with this accuracy."""
    order = np.argsort(-np.asarray(confidence), kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= precision)
    return float((enough[-1] + 1) / len(order)) if len(enough) else 0.0


def area_under_roc(positive: Floats, negative: Floats) -> float:
    """Return the area under the ROC curve; 0.5 where either side is empty."""
    if not len(positive) or not len(negative):
        return 0.5
    # Imported late: predicting must not load scikit-learn.
    from sklearn.metrics import roc_auc_score

    truth = np.repeat([1, 0], [len(positive), len(negative)])
    return float(roc_auc_score(truth, np.concatenate([positive, negative])))
