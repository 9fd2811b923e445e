"""What is kept of one user: a sparse linear model of the user against everybody."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.background import Background
from prediction.engine.calibration import Platt, fit_platt
from prediction.engine.errors import DamagedModelError, TooFewTweetsError
from prediction.engine.features import FEATURES_VERSION
from prediction.engine.linear_model import LinearModel
from prediction.engine.log_ratio import log_ratio
from prediction.engine.packing import Frame, pack, unpack
from prediction.engine.stored_matrix import from_arrays, to_arrays

MIN_TWEETS = 10
MAX_FEATURES = 40_000
_HELD_OUT_SHARE = 5
_MAX_HELD_OUT = 100
_CALIBRATION_SHARE = 5
_COST = 0.5
_SMOOTHING = 100.0
_LOG_RATIO_SHARE = 0.4
_KIND, _HELD_OUT_KIND = "signature", "held-out part"


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The user's newest tweets and a model that never saw them.

    ``features`` are weighed, shape ``(tweets, N_FEATURES)``.
    """

    model: LinearModel
    features: sparse.csr_matrix

    def to_bytes(self) -> bytes:
        """Return the bytes to store beside the signature's own."""
        values = {"mass": self.model.mass, "bias": self.model.bias}
        arrays = {
            "columns": self.model.columns,
            "weights": self.model.weights,
            **to_arrays(self.features),
        }
        return pack(_HELD_OUT_KIND, FEATURES_VERSION, values, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`."""
        frame = unpack(data, _HELD_OUT_KIND, FEATURES_VERSION)
        features = from_arrays(frame.arrays, _HELD_OUT_KIND)
        return cls(_read_model(frame, _HELD_OUT_KIND), features)


@dataclass(frozen=True, eq=False)
class Signature:
    """A user's model, its calibration and how many tweets it was built from."""

    model: LinearModel
    platt: Platt
    tweets: int
    held_out: HeldOut | None = None

    def to_bytes(self) -> bytes:
        """Return the bytes to store, without the held-out part."""
        values = {
            "mass": self.model.mass,
            "bias": self.model.bias,
            "slope": self.platt.slope,
            "intercept": self.platt.intercept,
            "tweets": self.tweets,
        }
        arrays = {"columns": self.model.columns, "weights": self.model.weights}
        return pack(_KIND, FEATURES_VERSION, values, arrays)

    @classmethod
    def from_bytes(cls, data: bytes, held_out: bytes | None = None) -> Self:
        """Read what `to_bytes` wrote; raises `DamagedModelError`.

        ``held_out`` is what `HeldOut.to_bytes` gave, where it is wanted.
        """
        frame = unpack(data, _KIND, FEATURES_VERSION)
        platt = Platt(
            _number(frame, "slope", _KIND), _number(frame, "intercept", _KIND)
        )
        return cls(
            _read_model(frame, _KIND),
            platt,
            int(_number(frame, "tweets", _KIND)),
            None if held_out is None else HeldOut.from_bytes(held_out),
        )


def _number(frame: Frame, name: str, kind: str) -> float:
    value = frame.values.get(name)
    if not isinstance(value, int | float) or not np.isfinite(value):
        raise DamagedModelError(f"the stored {kind} has no proper {name}")
    return float(value)


def _read_model(frame: Frame, kind: str) -> LinearModel:
    missing = {"columns", "weights"} - frame.arrays.keys()
    if missing:
        raise DamagedModelError(f"the stored {kind} has no {sorted(missing)[0]}")
    return LinearModel(
        frame.arrays["columns"],
        frame.arrays["weights"],
        _number(frame, "mass", kind),
        _number(frame, "bias", kind),
    ).check(kind)


def _support_vector_weights(
    own: sparse.csr_matrix, others: sparse.csr_matrix
) -> NDArray[np.float32]:
    from sklearn.svm import LinearSVC

    matrix = sparse.vstack([own, others], format="csr")
    target = np.repeat([1, -1], [own.shape[0], others.shape[0]])
    machine = LinearSVC(C=_COST, random_state=0).fit(matrix, target)
    return np.asarray(machine.coef_[0], dtype=np.float32)


def fit_model(own: sparse.csr_matrix, others: sparse.csr_matrix) -> LinearModel:
    """Fit the two halves, each scaled to unit spread over ``others``, and add them."""
    margin = _support_vector_weights(own, others)
    ratio, absent = log_ratio(own, others, _SMOOTHING)
    spread = float(np.std(others @ margin)) or 1.0
    ratio_spread = float(np.std(others @ (ratio + np.float32(absent)))) or 1.0
    share = _LOG_RATIO_SHARE / ratio_spread
    dense = margin / np.float32(spread) + ratio * np.float32(share)
    model = LinearModel.strongest(dense, absent * share, 0.0, MAX_FEATURES)
    scores = model.score(others)
    width = float(scores.std()) or 1.0
    return LinearModel(
        model.columns,
        (model.weights / np.float16(width)).astype(np.float16),
        model.mass / width,
        -float(scores.mean()) / width,
    )


def held_out_size(tweets: int) -> int:
    """How many of a user's newest tweets are held out; a background that keeps them
    out too makes held-out accuracy honest."""
    return min(max(tweets // _HELD_OUT_SHARE, 2), _MAX_HELD_OUT)


def fit_signature(
    features: sparse.csr_matrix, background: Background, owner: int
) -> Signature:
    """Build the signature of one user.

    Parameters
    ----------
    features
        Raw features (`featurise`) of the user's eligible tweets, oldest first.
    owner
        The user's id in ``background``, whose own rows are left out.

    Raises
    ------
    TooFewTweetsError
        Fewer than `MIN_TWEETS` tweets.
    ValueError
        The background holds nobody else.
    """
    count = features.shape[0]
    if count < MIN_TWEETS:
        raise TooFewTweetsError(count, MIN_TWEETS)
    others = background.without(owner)
    if others.shape[0] < 2:
        raise ValueError("the background holds nobody but this user")
    own = background.weighting.weigh(features)
    held_out, platt = _fit_held_out(own, others)
    return Signature(fit_model(own, others), platt, count, held_out)


def _fit_held_out(
    own: sparse.csr_matrix, others: sparse.csr_matrix
) -> tuple[HeldOut, Platt]:
    newest = held_out_size(own.shape[0])
    older, unseen = own[:-newest], own[-newest:]
    apart = np.arange(others.shape[0]) % _CALIBRATION_SHARE == 0
    model = fit_model(older, others[np.flatnonzero(~apart)])
    foreign = model.score(others[np.flatnonzero(apart)])
    return HeldOut(model, unseen), fit_platt(model.score(unseen), foreign)
