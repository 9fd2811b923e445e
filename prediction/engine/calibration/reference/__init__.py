"""Texts that no member of any group wrote: many languages and scripts, and genres.

All were written for this project. Every other text calibrates "none of these"; the
rest are kept to measure it with.

Hendrycks, Mazeika and Dietterich, "Deep anomaly detection with outlier exposure"
(2019).
"""

import json
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from scipy import sparse

from prediction.engine.features import ngrams
from prediction.engine.features.profiles import Floats, profiles


class ReferenceText(NamedTuple):
    """A text, and its language or genre."""

    kind: str
    text: str


class ReferenceFeatures(NamedTuple):
    """Raw features (`ngrams.transform`) and profiles, a row for each text."""

    features: sparse.csr_matrix
    profiles: Floats


def calibration_texts() -> list[ReferenceText]:
    """Return the half that "none of these" is calibrated with."""
    return _texts()[::2]


def measuring_texts() -> list[ReferenceText]:
    """Return the half that nothing is fitted on."""
    return _texts()[1::2]


@lru_cache(maxsize=1)
def calibration_features() -> ReferenceFeatures:
    """Return the calibration half as features, computed once per process."""
    texts = [text for _, text in calibration_texts()]
    return ReferenceFeatures(ngrams.transform(texts), profiles(texts))


def _texts() -> list[ReferenceText]:
    lines = files(__package__).joinpath("texts.jsonl").read_text("utf-8").splitlines()
    return [ReferenceText(**json.loads(line)) for line in lines]
