"""A signature: one sparse linear model of a user against everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from common.texts import MIN_TWEETS
from prediction.engine.calibration.holdout import holdout_size
from prediction.engine.calibration.platt import Platt, fit_platt
from prediction.engine.errors import DamagedModelError, TooFewTweetsError
from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.engine.features.profiles import PROFILE_SIZE, Floats, profiles
from prediction.engine.models.linear import LinearModel
from prediction.engine.models.naive_bayes import log_ratio
from prediction.engine.models.svm import Examples, fit_svm
from prediction.engine.storage import (
    Frame,
    matrix_arrays,
    pack,
    read_matrix,
    require,
    unpack,
)

if TYPE_CHECKING:
    from prediction.engine.models.background import Background

# How many weights are kept: in proportion to the features of the user's own tweets.
MIN_WEIGHTS, MAX_WEIGHTS = 20_000, 120_000
WEIGHTS_PER_FEATURE = 1.5
# Enough to see scripts and languages; all of 3,200 would double the time of a build.
PROFILED = 400
_CALIBRATION_SHARE = 5
SMOOTHING = 1000.0
# Spread of the naive Bayes part, in that of the machine's over everybody else's tweets.
NAIVE_BAYES_SHARE = 1.5
# Mean of a user's training tweets in such spreads, at most. Real ones lie 5 to 82 away;
# where all others repeat one sentence, their tiny spread would inflate every score.
FARTHEST = 100.0
_KIND, _HOLDOUT_KIND = "signature", "holdout"


@dataclass(frozen=True, eq=False)
class Holdout:
    """The user's newest tweets and a model fitted without them.

    Attributes
    ----------
    features
        Weighted, shape ``(tweets, N_FEATURES)``.
    profiles
        Scripts and languages of the same tweets, shape ``(tweets, PROFILE_SIZE)``.
    habits
        Mean profile of the tweets before them, shape ``(PROFILE_SIZE,)``.
    """

    model: LinearModel
    features: sparse.csr_matrix
    profiles: Floats
    habits: Floats

    def newest(self, tweets: int) -> Self:
        """Return the same with at most so many of the tweets."""
        return replace(
            self, features=self.features[-tweets:], profiles=self.profiles[-tweets:]
        )

    def to_bytes(self) -> bytes:
        """Return the bytes to store beside the signature's own."""
        values = {"base_weight": self.model.base_weight, "bias": self.model.bias}
        arrays: dict[str, NDArray] = {
            "columns": self.model.columns,
            "weights": self.model.weights,
            "profiles": self.profiles,
            "habits": self.habits,
            **matrix_arrays(self.features),
        }
        return pack(_HOLDOUT_KIND, FEATURES_VERSION, values, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`."""
        frame = unpack(data, _HOLDOUT_KIND, FEATURES_VERSION)
        features = read_matrix(frame.arrays, _HOLDOUT_KIND)
        shape = (features.shape[0], PROFILE_SIZE)
        return cls(
            _read_model(frame, _HOLDOUT_KIND),
            features,
            _shares(frame, "profiles", shape, _HOLDOUT_KIND),
            _shares(frame, "habits", shape[1:], _HOLDOUT_KIND),
        )


@dataclass(frozen=True, eq=False)
class Signature:
    """A user's model, its calibration and the number of tweets it was fitted on.

    ``habits`` is the mean profile of the user's tweets, shape ``(PROFILE_SIZE,)``.
    """

    model: LinearModel
    platt: Platt
    tweets: int
    habits: Floats
    holdout: Holdout | None = None

    def to_bytes(self) -> bytes:
        """Return the bytes to store, without the holdout."""
        values = {
            "base_weight": self.model.base_weight,
            "bias": self.model.bias,
            "slope": self.platt.slope,
            "intercept": self.platt.intercept,
            "tweets": self.tweets,
        }
        arrays: dict[str, NDArray] = {
            "columns": self.model.columns,
            "weights": self.model.weights,
            "habits": self.habits,
        }
        return pack(_KIND, FEATURES_VERSION, values, arrays)

    @classmethod
    def from_bytes(cls, data: bytes, holdout: bytes | None = None) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`.

        ``holdout`` is what `Holdout.to_bytes` returned, where it is needed.
        """
        frame = unpack(data, _KIND, FEATURES_VERSION)
        platt = Platt(
            _number(frame, "slope", _KIND), _number(frame, "intercept", _KIND)
        )
        return cls(
            _read_model(frame, _KIND),
            platt,
            int(_number(frame, "tweets", _KIND)),
            _shares(frame, "habits", (PROFILE_SIZE,), _KIND),
            None if holdout is None else Holdout.from_bytes(holdout),
        )


def _number(frame: Frame, name: str, kind: str) -> float:
    value = frame.values.get(name)
    if not isinstance(value, int | float) or not np.isfinite(value):
        raise DamagedModelError(f"the stored {kind} has no proper {name}")
    return float(value)


def _read_model(frame: Frame, kind: str) -> LinearModel:
    missing = {"columns", "weights"} - frame.arrays.keys()
    if missing:
        raise DamagedModelError(f"the stored {kind} has no {min(missing)}")
    return LinearModel(
        frame.arrays["columns"],
        frame.arrays["weights"],
        _number(frame, "base_weight", kind),
        _number(frame, "bias", kind),
    ).check(kind)


def _shares(frame: Frame, name: str, shape: tuple[int, ...], kind: str) -> Floats:
    found = frame.arrays.get(name)
    fits = found is not None and (found.dtype.str, found.shape) == ("<f4", shape)
    require(fits, kind, f"no proper {name}")
    require(bool(np.isfinite(frame.arrays[name]).all()), kind, f"no proper {name}")
    return frame.arrays[name]


def _spread(scores: NDArray[np.float32]) -> float:
    return float(scores.std()) or 1.0


def fit_model(examples: Examples) -> LinearModel:
    """Fit the machine and naive Bayes, and add them.

    Scores are standardised: the others' tweets have mean 0 and spread 1, which makes
    users with few and with many tweets comparable.
    """
    others = examples.background_used
    machine = fit_svm(examples)
    ratio, absent = log_ratio(examples, SMOOTHING)
    by_machine = (examples.background @ machine.weights)[others]
    by_ratio = (examples.background @ (ratio + np.float32(absent)))[others]
    share = np.float32(NAIVE_BAYES_SHARE * _spread(by_machine) / _spread(by_ratio))
    dense = machine.weights + ratio * share
    size = _weights_needed(examples)
    model = LinearModel.strongest(dense, absent * float(share), size)
    # Measured after the cut, which changes both.
    scores = model.decision_function(examples.background)[others]
    own = model.decision_function(examples.own)[examples.own_used]
    mean = float(scores.mean())
    smallest = (float(own.mean()) - mean) / FARTHEST
    return model.normalised(mean, max(_spread(scores), smallest))


def _weights_needed(examples: Examples) -> int:
    used = np.repeat(examples.own_used, np.diff(examples.own.indptr))
    features = np.count_nonzero(np.bincount(examples.own.indices[used]))
    return int(np.clip(WEIGHTS_PER_FEATURE * features, MIN_WEIGHTS, MAX_WEIGHTS))


def fit_signature(
    features: sparse.csr_matrix,
    background: "Background",
    owner: int,
    own_profiles: Floats,
) -> Signature:
    """Fit the signature of one user.

    Parameters
    ----------
    features
        Raw features (`ngrams.transform`) of the user's eligible tweets, oldest first.
    owner
        The user's id in ``background``; rows of this owner are left out.
    own_profiles
        What `newest_profiles` returns for the same tweets.

    Raises
    ------
    TooFewTweetsError
        Fewer than `MIN_TWEETS` tweets.
    ValueError
        The background holds too few tweets of others.
    """
    count = features.shape[0]
    if count < MIN_TWEETS:
        raise TooFewTweetsError(count, MIN_TWEETS)
    others = background.owners != owner
    if others.sum() < 2 * _CALIBRATION_SHARE:
        raise ValueError("the background holds too few tweets of other users")
    own = background.idf.transform(features)
    holdout, platt = _fit_holdout(own, background, others, own_profiles)
    everything = np.ones(count, dtype=bool)
    model = fit_model(Examples(own, everything, background.matrix, others))
    return Signature(model, platt, count, own_profiles.mean(axis=0), holdout)


def newest_profiles(texts: Sequence[str]) -> Floats:
    """Return profiles of the newest of a user's tweets, which show their habits.

    Shape ``(min(len(texts), PROFILED), PROFILE_SIZE)``.
    """
    return profiles(texts[-PROFILED:])


def _unseen(background: "Background", others: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the rows of others that no holdout model sees: their newest.

    Where these are too few to calibrate with, every fifth row is added.
    """
    newest = others & background.newest
    fifth = others & (np.cumsum(others) % _CALIBRATION_SHARE == 0)
    if not (others & ~newest & ~fifth).any():
        return fifth
    return newest if newest.sum() >= MIN_TWEETS else newest | fifth


def _fit_holdout(
    own: sparse.csr_matrix,
    background: "Background",
    others: NDArray[np.bool_],
    own_profiles: Floats,
) -> tuple[Holdout, Platt]:
    count = own.shape[0]
    newest = holdout_size(count)
    older = np.arange(count) < count - newest
    unseen_rows = _unseen(background, others)
    seen = others & ~unseen_rows
    model = fit_model(Examples(own, older, background.matrix, seen))
    foreign = model.decision_function(background.matrix)[unseen_rows]
    unseen = own[count - newest :]
    platt = fit_platt(model.decision_function(unseen), foreign)
    habits = own_profiles[:-newest].mean(axis=0)
    return Holdout(model, unseen, own_profiles[-newest:], habits), platt
