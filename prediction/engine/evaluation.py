"""How good the engines are: trained from scratch, scored on tweets that came later."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.engine.baselines import BASELINES, TextClassifier
from prediction.engine.metrics import (
    area_under_roc,
    coverage_at,
    expected_calibration_error,
    macro_f1,
    reliability,
)
from prediction.engine.signature_classifier import SignatureClassifier
from prediction.engine.splitting import MIN_TRAIN, Split, SplitBy, split
from prediction.engine.vectors import VectorClassifier

ENGINES = ("signature", "linear-svm", "naive-bayes", "vectors", "majority")
_TIMED_PREDICTIONS = 40
_STRANGERS_GROUP = 5

Maker = Callable[[Sequence[Sequence[str]]], TextClassifier]


def evaluate(
    tweets_by_user: Mapping[str, Sequence[str]],
    train: int = 200,
    test: int = 50,
    split_by: SplitBy = "time",
    seed: int = 1,
    engines: Sequence[str] = ("signature", "linear-svm", "naive-bayes", "majority"),
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
        Tweets per user; see `prediction.engine.splitting.split` for who has fewer.
    others
        Users outside the group, whose tweets only widen the signatures' background.
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
        ``vectors`` is wanted and the pipeline has none.
    """
    unknown = sorted(set(engines) - set(ENGINES))
    if unknown:
        raise ValueError(f"unknown engine: {', '.join(unknown)}")
    parts = split(tweets_by_user, train, test, split_by, seed)
    if len(parts.handles) < 2:
        raise ValueError(
            f"two users with at least {MIN_TRAIN + test} different tweets are needed"
        )
    wider = [list(tweets)[-train:] for tweets in (others or {}).values()]
    found = {}
    for name in engines:
        progress(name)
        found[name] = _measure(_maker(name, wider, pipeline), parts, seed)
    return {
        "users": list(parts.handles),
        "skipped": [
            {"handle": handle, "tweets": tweets, "needed": MIN_TRAIN + test}
            for handle, tweets in parts.skipped.items()
        ],
        "split": split_by,
        "train": train,
        "test": test,
        "seed": seed,
        "chance": 1 / len(parts.handles),
        "engines": found,
    }


def _maker(name: str, wider: Sequence[Sequence[str]], pipeline: str) -> TextClassifier:
    if name == "signature":
        return SignatureClassifier(wider)
    if name == "vectors":
        return VectorClassifier(pipeline)
    return BASELINES[name]()


def _labelled(texts: Sequence[Sequence[str]]) -> tuple[list[str], NDArray[np.int64]]:
    flat = [text for theirs in texts for text in theirs]
    sizes = [len(theirs) for theirs in texts]
    return flat, np.repeat(np.arange(len(texts)), sizes)


def _measure(engine: TextClassifier, parts: Split, seed: int) -> dict[str, Any]:
    texts, labels = _labelled(parts.train)
    started = time.perf_counter()
    engine.fit(texts, labels.tolist())
    seconds = time.perf_counter() - started
    unseen, truth = _labelled(parts.test)
    chances = engine.probabilities(unseen)
    return {
        **quality(chances, truth),
        "none_auroc": None,
        "seconds_to_fit": seconds,
        "ms_per_prediction": _milliseconds(engine, unseen),
    }


def quality(
    chances: NDArray[np.floating], truth: NDArray[np.integer]
) -> dict[str, Any]:
    """Sum up probabilities of shape ``(tweets, users)`` against the true columns."""
    named = chances.argmax(axis=1)
    sure = chances.max(axis=1)
    right = named == truth
    own = np.clip(chances[np.arange(len(truth)), truth], 1e-12, 1)
    confusion = np.zeros((chances.shape[1], chances.shape[1]), dtype=int)
    np.add.at(confusion, (truth, named), 1)
    return {
        "accuracy": float(right.mean()),
        "macro_f1": macro_f1(truth, named),
        "log_loss": float(-np.log(own).mean()),
        "ece": expected_calibration_error(sure, right),
        "coverage_at_90": coverage_at(0.9, sure, right),
        "reliability": [vars(each) for each in reliability(sure, right)],
        "confusion": confusion.tolist(),
    }


def _milliseconds(engine: TextClassifier, texts: Sequence[str]) -> float:
    chosen = texts[:: max(1, len(texts) // _TIMED_PREDICTIONS)][:_TIMED_PREDICTIONS]
    engine.probabilities(chosen[:1])
    started = time.perf_counter()
    for text in chosen:
        engine.probabilities([text])
    return (time.perf_counter() - started) / len(chosen) * 1000
