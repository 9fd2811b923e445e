"""Verification: whether any member of a group wrote a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.familiarity import Signals
from prediction.engine.calibration.platt import fit_logistic

Floats = NDArray[np.floating]

# Of those who are not in the group, this share writes of other things altogether.
OUTSIDE_SHARE = 0.5
# Slopes for the best score, likeness to texts from outside and the other signals, in
# units of their spread over genuine tweets; chosen on groups of half a of four corpora.
_EXPECTED = (1.0, -1.0, 0.0, 0.0, 0.2, -0.6, -0.4, -1.2, -0.1, 0.3)
_CLOSENESS = 0.01
_LEAST_SPREAD = (0.3, 0.3, 0.05, 0.03, 0.05, 0.03, 0.03, 0.05, 0.03, 0.03)
_FARTHEST = 6.0


@dataclass(frozen=True)
class NoneOfThese:
    """Probability that no member wrote the text; ``flag`` past the threshold.

    ``reason`` says what nobody of the group writes like, "script", "language", "topic"
    or "style"; it is empty without the flag.
    """

    flag: bool
    probability: float
    reason: str = ""


@dataclass(frozen=True)
class StrangerOdds:
    """Log-odds that a member wrote a text rather than somebody much like them.

    What a user never wrote counts against a text in proportion to its feature sum, so
    that one threshold on the score would be too low for short texts and too high for
    long ones.
    """

    slope: float
    feature_sum_slope: float
    intercept: float

    def log_odds(self, best: Floats, feature_sum: Floats) -> Floats:
        """Return log-odds for even prior odds, in the shape of ``best``."""
        by_length = self.feature_sum_slope * feature_sum
        return np.asarray(self.slope * best + by_length + self.intercept)


@dataclass(frozen=True)
class OutsideOdds:
    """Log-odds that a member wrote a text rather than somebody unlike all of them.

    Columns are the best score, the likeness to texts from outside and the other
    signals, each in units of its spread over the group's genuine tweets.
    """

    centers: tuple[float, ...]
    spreads: tuple[float, ...]
    slopes: tuple[float, ...]
    intercept: float

    def shares(self, best: Floats, signals: Signals) -> Floats:
        """Return what each column adds, shape ``(texts, 2 + signals)``."""
        columns = _columns(best, signals)
        return _scaled(columns, self.centers, self.spreads) * np.array(self.slopes)

    def log_odds(self, best: Floats, signals: Signals) -> Floats:
        """Return log-odds for even prior odds, in the shape of ``best``."""
        return np.asarray(self.shares(best, signals).sum(axis=1) + self.intercept)


@dataclass(frozen=True)
class Verification:
    """Log-odds that any member wrote a text, and not one of two kinds of others."""

    strangers: StrangerOdds
    outside: OutsideOdds

    def log_odds(self, best: Floats, signals: Signals) -> Floats:
        """Return log-odds for even prior odds.

        Parameters
        ----------
        best
            The best member's score of each text, shape ``(texts,)``.
        signals
            Of the same texts.
        """
        stranger = self.strangers.log_odds(best, signals.feature_sums)
        outside = self.outside.log_odds(best, signals)
        return -np.logaddexp(
            np.log(1 - OUTSIDE_SHARE) - stranger, np.log(OUTSIDE_SHARE) - outside
        )

    def reason(self, best: Floats, signals: Signals) -> str:
        """Say what nobody of the group writes like, in one text that is flagged."""
        if unfamiliar := signals.unfamiliar():
            return unfamiliar
        stranger = float(self.strangers.log_odds(best, signals.feature_sums)[0])
        score, *others = self.outside.shares(best, signals)[0].tolist()
        if score + sum(others) + self.outside.intercept > stranger:
            return "style"
        return "topic" if sum(others) < score else "style"

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Restore what `dataclasses.asdict` returned, also after a way through JSON.

        Raises KeyError or TypeError if it is something else.
        """
        outside = values["outside"]
        return cls(
            StrangerOdds(**values["strangers"]),
            OutsideOdds(
                centers=tuple(outside["centers"]),
                spreads=tuple(outside["spreads"]),
                slopes=tuple(outside["slopes"]),
                intercept=outside["intercept"],
            ),
        )


DEFAULT_VERIFICATION = Verification(
    StrangerOdds(0.9, 0.0, -2.2),
    OutsideOdds(
        (4.0, 0.0, 0.0, 0.05, 0.3, 0.25, 0.25, 0.45, 0.25, 0.2),
        (2.5, 1.0, 0.05, 0.04, 0.1, 0.1, 0.1, 0.12, 0.1, 0.1),
        _EXPECTED,
        4.0,
    ),
)


def fit_stranger_odds(
    genuine: Floats, foreign: Floats, feature_sum: Floats
) -> StrangerOdds:
    """Fit a logistic regression on the best score and the feature sum.

    Parameters
    ----------
    genuine, foreign
        The best score of each text, once with its author among the members and once
        without.
    feature_sum
        Of the same texts.
    """
    center, spread = float(feature_sum.mean()), float(feature_sum.std()) or 1.0
    lengths = np.tile((feature_sum - center) / spread, 2)
    sizes = [len(genuine), len(foreign)]
    columns = [np.concatenate([genuine, foreign]), lengths]
    slope, by_length, intercept = fit_logistic(columns, sizes)
    by_sum = by_length / spread
    return StrangerOdds(slope, by_sum, intercept - by_sum * center)


def fit_outside_odds(
    genuine: Floats, signals: Signals, outside: Floats, outside_signals: Signals
) -> OutsideOdds:
    """Fit a logistic regression on the best score and all signals.

    Parameters
    ----------
    genuine, signals
        The best score and the signals of texts by members.
    outside, outside_signals
        The same of texts from elsewhere.
    """
    own = _columns(genuine, signals)
    centers = tuple(own.mean(axis=0).tolist())
    spreads = tuple(np.maximum(own.std(axis=0), _LEAST_SPREAD).tolist())
    rows = np.concatenate([own, _columns(outside, outside_signals)])
    columns = list(_scaled(rows, centers, spreads).T)
    sizes = [len(genuine), len(outside)]
    *slopes, intercept = fit_logistic(columns, sizes, _EXPECTED, _CLOSENESS)
    return OutsideOdds(centers, spreads, tuple(slopes), intercept)


def _columns(best: Floats, signals: Signals) -> Floats:
    return np.concatenate([np.stack([best, signals.outside], 1), signals.values], 1)


def _scaled(
    columns: Floats, centers: tuple[float, ...], spreads: tuple[float, ...]
) -> Floats:
    scaled = (columns - np.array(centers)) / np.array(spreads)
    return np.clip(scaled, -_FARTHEST, _FARTHEST)
