"""A user's real tweets that come closest to a text."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction import predictor
from prediction.engine.errors import DamagedModelError
from prediction.engine.features import featurise
from prediction.engine.weighting import Weighting
from prediction.models import Background
from prediction.predictor import Result
from tweets.models import Tweet

NEWEST = 400
SHOWN = 3
LEAST_LIKENESS = 0.05


def closest_tweets(result: Result) -> list[Tweet]:
    """Of the newest tweets of the most likely user, those most like the text.

    Likeness is the cosine between weighed features; what shares next to nothing with
    the text is left out, so the list can be empty.
    """
    weighting = _weighting()
    if weighting is None:
        return []
    user = result.best.user
    ids, features = _newest(user.pk, user.revision, weighting)
    if not ids:
        return []
    text = weighting.weigh(featurise([result.text]))
    likeness = (features @ text.T).toarray().ravel() / _length(features)
    likeness /= max(float(_length(text)[0]), 1e-9)
    best = [i for i in np.argsort(-likeness)[:SHOWN] if likeness[i] > LEAST_LIKENESS]
    tweets = Tweet.objects.select_related("user").in_bulk([ids[i] for i in best])
    return [tweets[ids[i]] for i in best if ids[i] in tweets]


def _weighting() -> Weighting | None:
    """That of the version in use, unless it has to be built again."""
    background = Background.objects.current()
    if background is None:
        return None
    try:
        return predictor.weighting(background.pk)
    except DamagedModelError:
        return None


@lru_cache(maxsize=12)
def _newest(
    user_id: int, revision: int, weighting: Weighting
) -> tuple[list[int], sparse.csr_matrix]:
    """Ids and features of the newest tweets, as of this revision of the user's."""
    rows = Tweet.objects.filter(user_id=user_id).long_enough().newest_first()
    found = list(rows.values_list("pk", "text")[:NEWEST])
    features = weighting.weigh(featurise([text for _, text in found]))
    return [pk for pk, _ in found], features


def _length(features: sparse.csr_matrix) -> NDArray[np.floating]:
    squares = features.multiply(features).sum(axis=1)
    return np.maximum(np.sqrt(np.asarray(squares).ravel()), 1e-9)
