"""Evaluation: engines trained from scratch and scored on tweets that came later."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score

from common.texts import MIN_TWEETS
from prediction.engine.calibration.metrics import (
    area_under_roc,
    coverage_at,
    expected_calibration_error,
    reliability,
)
from prediction.engine.evaluation.engines import (
    DEFAULT_ENGINES,
    Maker,
    TextClassifier,
    check_names,
    maker,
)
from prediction.engine.evaluation.splitting import Split, SplitBy, labelled, split
from prediction.engine.models.classifier import AuthorshipClassifier

_TIMED_PREDICTIONS = 40
_STRANGERS_GROUP = 5

Floats = NDArray[np.floating]


def evaluate(
    tweets_by_user: Mapping[str, Sequence[str]],
    train: int = 200,
    test: int = 50,
    split_by: SplitBy = "time",
    seed: int = 1,
    engines: Sequence[str] = DEFAULT_ENGINES,
    others: Mapping[str, Sequence[str]] | None = None,
    pipeline: str = "blank:en",
    progress: Callable[[str], None] = lambda step: None,
) -> dict[str, Any]:
    """Compare engines on all users as one group.

    Parameters
    ----------
    tweets_by_user
        Eligible tweets of each user, oldest first.
    train, test
        Tweets per user; see `splitting.split` for who has fewer.
    others
        Users outside the group, whose tweets are only further background.
    pipeline
        spaCy pipeline of the ``vectors`` engine.
    progress
        Called with the name of each step before it starts.

    Returns
    -------
    Plain values, ready for JSON.

    Raises
    ------
    ValueError
        An unknown engine, or fewer than two users with enough tweets.
    NoVectorsError
        ``vectors`` is among the engines and the pipeline has no vectors.

    Examples
    --------
    >>> from prediction.engine import evaluate
    >>> ann = [f"Log: wind SW {'~' * n}, lamp lit." for n in range(30)]
    >>> bob = [f"we lost again{'!' * n} lads" for n in range(30)]
    >>> result = evaluate({"ann": ann, "bob": bob}, train=20, test=10)
    >>> result["engines"]["signature"]["accuracy"]
    1.0
    """
    check_names(engines)
    parts = split(tweets_by_user, train, test, split_by, seed)
    if len(parts.handles) < 2:
        raise ValueError(
            f"two users with at least {MIN_TWEETS + test} different tweets are needed"
        )
    wider = [list(tweets)[-train:] for tweets in (others or {}).values()]
    found = {}
    for name in engines:
        progress(name)
        make = maker(name, pipeline)
        found[name] = {
            **_measure(make(wider), parts),
            "none_auroc": _none_of_these(make, parts, wider, seed),
        }
    return {
        "users": list(parts.handles),
        "skipped": [
            {"handle": handle, "tweets": tweets, "needed": MIN_TWEETS + test}
            for handle, tweets in parts.skipped.items()
        ],
        "split": split_by,
        "train": train,
        "test": test,
        "seed": seed,
        "chance": 1 / len(parts.handles),
        "engines": found,
    }


def _measure(engine: TextClassifier, parts: Split) -> dict[str, Any]:
    texts, labels = labelled(parts.train)
    started = time.perf_counter()
    engine.fit(texts, labels)
    seconds = time.perf_counter() - started
    unseen, truth = labelled(parts.test)
    return {
        **quality(engine.predict_proba(unseen), truth),
        "seconds_to_fit": seconds,
        "ms_per_prediction": _milliseconds(engine, unseen),
    }


def _none_of_these(
    make: Maker, parts: Split, wider: Sequence[Sequence[str]], seed: int
) -> float | None:
    """Return the area under ROC for groups of five against unseen authors.

    Half of the users are strangers, neither in the group nor in the background. The
    others are cut into groups, each with the rest as further background. None with
    fewer than ten users.
    """
    if len(parts.handles) < 2 * _STRANGERS_GROUP:
        return None
    order = random.Random(seed).sample(range(len(parts.handles)), len(parts.handles))
    known, strangers = order[: len(order) // 2], order[len(order) // 2 :]
    foreign = [text for user in strangers for text in parts.test[user]]
    areas = []
    for start in range(0, len(known) - _STRANGERS_GROUP + 1, _STRANGERS_GROUP):
        group = known[start : start + _STRANGERS_GROUP]
        rest = [parts.train[user] for user in known if user not in group]
        engine = make([*rest, *wider])
        texts, labels = labelled([parts.train[user] for user in group])
        engine.fit(texts, labels)
        genuine = [text for user in group for text in parts.test[user]]
        own, other = _verification(engine, genuine), _verification(engine, foreign)
        areas.append(area_under_roc(own, other))
    return float(np.mean(areas))


def _verification(engine: TextClassifier, texts: Sequence[str]) -> Floats:
    """Score how likely any member wrote each text; the higher, the likelier."""
    if isinstance(engine, AuthorshipClassifier):
        return engine.verification_log_odds(texts)
    return np.asarray(engine.predict_proba(texts).max(axis=1))


def quality(probabilities: Floats, truth: NDArray[np.integer]) -> dict[str, Any]:
    """Measure probabilities of shape ``(tweets, users)`` against the true columns."""
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    right = predicted == truth
    own = np.clip(probabilities[np.arange(len(truth)), truth], 1e-12, 1)
    users = np.arange(probabilities.shape[1])
    return {
        "accuracy": float(right.mean()),
        "macro_f1": _macro_f1(truth, predicted),
        "log_loss": float(-np.log(own).mean()),
        "ece": expected_calibration_error(confidence, right),
        "coverage_at_90": coverage_at(0.9, confidence, right),
        "reliability": [vars(each) for each in reliability(confidence, right)],
        "confusion": confusion_matrix(truth, predicted, labels=users).tolist(),
    }


def _macro_f1(truth: NDArray[np.integer], predicted: NDArray[np.integer]) -> float:
    """Average over the users who wrote any of the tweets."""
    labels = np.unique(truth)
    return float(
        f1_score(truth, predicted, labels=labels, average="macro", zero_division=0)
    )


def _milliseconds(engine: TextClassifier, texts: Sequence[str]) -> float:
    chosen = texts[:: max(1, len(texts) // _TIMED_PREDICTIONS)][:_TIMED_PREDICTIONS]
    engine.predict_proba(chosen[:1])
    started = time.perf_counter()
    for text in chosen:
        engine.predict_proba([text])
    return (time.perf_counter() - started) / len(chosen) * 1000


def accuracy_by_group_size(
    tweets_by_user: Mapping[str, Sequence[str]],
    sizes: Sequence[int],
    train: int = 200,
    test: int = 50,
    split_by: SplitBy = "time",
    seed: int = 1,
    draws: int = 20,
) -> dict[int, float]:
    """Return the mean accuracy of signatures in random groups of each possible size."""
    parts = split(tweets_by_user, train, test, split_by, seed)
    engine = AuthorshipClassifier().fit(*labelled(parts.train))
    unseen, truth = labelled(parts.test)
    scores = engine.group_.decision_function(unseen)
    users = range(len(parts.handles))
    generator = random.Random(seed)
    found = {}
    for size in sorted({size for size in sizes if 2 <= size <= len(users)}):
        groups = [sorted(generator.sample(users, size)) for _ in range(draws)]
        found[size] = float(np.mean([_accuracy(scores, truth, g) for g in groups]))
    return found


def _accuracy(
    scores: NDArray[np.floating], truth: NDArray[np.integer], group: Sequence[int]
) -> float:
    inside = np.isin(truth, group)
    predicted = np.asarray(group)[scores[inside][:, group].argmax(axis=1)]
    return float((predicted == truth[inside]).mean())


def accuracy_by_tweets(
    tweets_by_user: Mapping[str, Sequence[str]],
    trains: Sequence[int],
    test: int = 50,
    split_by: SplitBy = "time",
    seed: int = 1,
) -> dict[int, float]:
    """Return the accuracy of signatures over all users by training tweets per user."""
    found = {}
    for train in trains:
        parts = split(tweets_by_user, train, test, split_by, seed)
        found[train] = float(_measure(AuthorshipClassifier(), parts)["accuracy"])
    return found
