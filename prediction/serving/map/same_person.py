"""Compares the styles of users who are about to be merged."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.errors import DamagedModelError
from prediction.engine.features import ngrams
from prediction.engine.insight.two_writers import (
    DIFFERENT_BELOW,
    FEWEST_COMPARED,
    agreement,
    centre_of,
)
from prediction.engine.models.background import Background as Sample
from prediction.models import Background
from prediction.training.backgrounds import load_sample
from prediction.training.eligible import eligible_tweets
from tweets.models import User
from tweets.signals import Comparison

NEWEST = 200
TOO_FEW = f"too few tweets to compare: {FEWEST_COMPARED} of each are needed"
NOTHING_BUILT = "nothing is built yet to compare them by"


def compare_styles(users: Sequence[User]) -> list[Comparison]:
    """Compare every two of these users by their newest tweets."""
    pairs = combinations(users, 2)
    sample = _sample()
    if sample is None:
        return [Comparison(*pair, None, NOTHING_BUILT) for pair in pairs]
    centre = centre_of(sample.matrix, sample.owners)
    features = {user.pk: _features(user, sample) for user in users}
    return [_compared(*pair, features, centre) for pair in pairs]


def _sample() -> Sample | None:
    background = Background.objects.current()
    if background is not None:
        with suppress(DamagedModelError):  # replaced when it is next needed
            return load_sample(background.pk)
    return None


def _features(user: User, sample: Sample) -> sparse.csr_matrix:
    texts = [text for _, text in eligible_tweets(user.pk, NEWEST)]
    return sample.idf.transform(ngrams.transform(texts))


def _compared(
    one: User,
    other: User,
    features: dict[int, sparse.csr_matrix],
    centre: NDArray[np.float64],
) -> Comparison:
    rows = features[one.pk], features[other.pk]
    if min(found.shape[0] for found in rows) < FEWEST_COMPARED:
        return Comparison(one, other, None, TOO_FEW)
    score = agreement(*rows, centre)
    said = "the styles differ much" if score < DIFFERENT_BELOW else "one style, perhaps"
    words = f"{said} (agreement {score:.2f}; strangers have about 0)"
    return Comparison(one, other, score < DIFFERENT_BELOW, words)
