"""Signatures behind the same door as the baselines: fitted from texts and labels."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.holdout import holdout_size
from prediction.engine.features import ngrams
from prediction.engine.models.background import Background
from prediction.engine.models.group import Group
from prediction.engine.models.signature import fit_signature

Floats = NDArray[np.floating]


class SignatureClassifier:
    """Background, signatures and group from the training texts alone.

    Parameters
    ----------
    others
        Texts of users outside the group, one list a user, for the background.
    """

    def __init__(self, others: Sequence[Sequence[str]] = ()) -> None:
        self.others = others

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> Self:
        """Fit one signature per label; texts of a label come oldest first."""
        owners = np.asarray(labels)
        count = int(owners.max()) + 1
        extra = [text for theirs in self.others for text in theirs]
        extra_owners = np.repeat(
            np.arange(count, count + len(self.others)),
            [len(theirs) for theirs in self.others],
        )
        features = ngrams.transform([*texts, *extra])
        all_owners = np.concatenate([owners, extra_owners])
        background = Background.from_features(
            features, all_owners.tolist(), _newest(all_owners)
        )
        signatures = [
            fit_signature(features[np.flatnonzero(owners == label)], background, label)
            for label in range(count)
        ]
        self.group = Group(signatures, background.idf)
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return calibrated probabilities, rows summing to 1."""
        return self.group.predict_proba(texts)

    def somebody(self, texts: Sequence[str]) -> Floats:
        """Return how much speaks for anybody of the group at all."""
        return self.group.verification_log_odds(texts)


def _newest(owners: NDArray[np.integer]) -> list[bool]:
    """Mark what `fit_signature` holds out: the last rows of every owner."""
    left = dict(zip(*np.unique(owners, return_counts=True), strict=True))
    sizes = {owner: holdout_size(count) for owner, count in left.items()}
    flags = []
    for owner in owners:
        flags.append(left[owner] <= sizes[owner])
        left[owner] -= 1
    return flags
