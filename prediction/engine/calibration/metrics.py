"""Measures of how right and how honest predictions are."""

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
    sure: Floats, right: Flags, bins: int = _BINS
) -> tuple[ReliabilityBin, ...]:
    """Sort predictions into bins of equal width by how sure they were."""
    place = np.clip((np.asarray(sure) * bins).astype(int), 0, bins - 1)
    found = []
    for number in np.unique(place):
        inside = place == number
        found.append(
            ReliabilityBin(
                low=number / bins,
                high=(number + 1) / bins,
                count=int(inside.sum()),
                mean_probability=float(np.mean(sure[inside])),
                share_right=float(np.mean(right[inside])),
            )
        )
    return tuple(found)


def expected_calibration_error(sure: Floats, right: Flags, bins: int = _BINS) -> float:
    """Mean distance between claimed and real share right, weighted by bin size.

    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using
    Bayesian binning" (2015), with bins of equal width.
    """
    total = len(sure)
    gaps = [
        b.count * abs(b.mean_probability - b.share_right)
        for b in reliability(sure, right, bins)
    ]
    return float(sum(gaps) / total) if total else 0.0


def coverage_at(precision: float, sure: Floats, right: Flags) -> float:
    """Largest share of predictions, surest first, that is right so often."""
    order = np.argsort(-np.asarray(sure), kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= precision)
    return float((enough[-1] + 1) / len(order)) if len(enough) else 0.0


def area_under_roc(positive: Floats, negative: Floats) -> float:
    """Chance that a random positive scores above a random negative; ties count half."""
    if not len(positive) or not len(negative):
        return 0.5
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return float((below + not_above).mean() / 2 / len(negative))


def macro_f1(truth: NDArray[np.integer], named: NDArray[np.integer]) -> float:
    """Mean over the classes that occur of the harmonic mean of precision and recall."""
    values = []
    for label in np.unique(truth):
        hits = int(np.sum((truth == label) & (named == label)))
        values.append(2 * hits / int(np.sum(truth == label) + np.sum(named == label)))
    return float(np.mean(values)) if values else 0.0
