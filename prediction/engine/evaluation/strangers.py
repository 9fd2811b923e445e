"""How well "none of these" separates group members from authors never seen."""

import random
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.metrics import area_under_roc
from prediction.engine.evaluation.engines import Maker, TextClassifier
from prediction.engine.evaluation.splitting import Split, labelled
from prediction.engine.models.classifier import AuthorshipClassifier

GROUP = 5
TOGETHER = 3

Floats = NDArray[np.floating]
Tweets = Sequence[Sequence[str]]
Judge = Callable[[TextClassifier, Tweets], Floats | None]


def none_aurocs(
    make: Maker, parts: Split, wider: Tweets, seed: int
) -> tuple[float | None, float | None]:
    """Return areas under ROC for groups of five against authors never seen.

    Half of the users are strangers, neither in the group nor in the background. The
    others are cut into groups, each with the rest as further background.

    Returns
    -------
    For one tweet, and for three tweets of one author together. None with fewer than
    ten users, or where the engine cannot say.
    """
    users = len(parts.handles)
    if users < 2 * GROUP:
        return None, None
    order = random.Random(seed).sample(range(users), users)
    known, strangers = order[: users // 2], order[users // 2 :]
    foreign = [parts.test[user] for user in strangers]
    areas = []
    for start in range(0, len(known) - GROUP + 1, GROUP):
        group = known[start : start + GROUP]
        rest = [parts.train[user] for user in known if user not in group]
        engine = make([*rest, *wider])
        engine.fit(*labelled([parts.train[user] for user in group]))
        genuine = [parts.test[user] for user in group]
        areas.append([_area(engine, genuine, foreign, j) for j in (_one, _together)])
    single, several = zip(*areas, strict=True)
    return _mean(single), _mean(several)


def _area(
    engine: TextClassifier, genuine: Tweets, foreign: Tweets, judge: Judge
) -> float | None:
    own, other = judge(engine, genuine), judge(engine, foreign)
    if own is None or other is None or not len(own) or not len(other):
        return None
    return area_under_roc(own, other)


def _mean(areas: Sequence[float | None]) -> float | None:
    known = [area for area in areas if area is not None]
    return float(np.mean(known)) if known else None


def _one(engine: TextClassifier, tweets: Tweets) -> Floats:
    """Score how likely any member wrote each tweet; the higher, the likelier."""
    texts, _ = labelled(tweets)
    if isinstance(engine, AuthorshipClassifier):
        return engine.verification_log_odds(texts)
    return np.asarray(engine.predict_proba(texts).max(axis=1))


def _together(engine: TextClassifier, tweets: Tweets) -> Floats | None:
    """Score the same for each three consecutive tweets of one author."""
    if not isinstance(engine, AuthorshipClassifier):
        return None
    answers = [
        engine.group_.predict_together(theirs[start : start + TOGETHER])
        for theirs in tweets
        for start in range(0, len(theirs) - TOGETHER + 1, TOGETHER)
    ]
    return -np.array([answer.none_of_these.probability for answer in answers])
