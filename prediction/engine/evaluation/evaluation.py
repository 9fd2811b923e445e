"""Evaluation: engines trained from scratch and scored on tweets that came later."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score

from common.texts import MIN_TWEETS
from prediction.engine.calibration.metrics import (
    coverage_at,
    expected_calibration_error,
    reliability,
)
from prediction.engine.evaluation.curves import (
    GROUP_SIZES,
    TRAINS,
    by_group_size,
    by_level,
    mixed_counts,
    newest_only,
)
from prediction.engine.evaluation.engines import (
    DEFAULT_ENGINES,
    Maker,
    TextClassifier,
    check_names,
    maker,
)
from prediction.engine.evaluation.scoring import Measured, measure
from prediction.engine.evaluation.slices import slices
from prediction.engine.evaluation.splitting import Split, SplitBy, labelled, split
from prediction.engine.evaluation.statistics import (
    bootstrap_over_users,
    brier_score,
    c_at_1,
    cllr,
    equal_error_rate,
    mcnemar,
    min_cllr,
)
from prediction.engine.evaluation.strangers import none_aurocs

_TIMED_PREDICTIONS = 40

Floats = NDArray[np.floating]


def evaluate(
    tweets_by_user: Mapping[str, Sequence[str]],
    train: int | None = 200,
    test: int = 50,
    split_by: SplitBy = "time",
    seed: int = 1,
    engines: Sequence[str] = DEFAULT_ENGINES,
    others: Mapping[str, Sequence[str]] | None = None,
    pipeline: str = "blank:en",
    progress: Callable[[str], None] = lambda step: None,
    on_scored: Callable[[str, Split, Measured], None] = lambda *scored: None,
) -> dict[str, Any]:
    """Compare engines on all users as one group.

    Parameters
    ----------
    tweets_by_user
        Eligible tweets of each user, oldest first.
    train, test
        Tweets per user; see `splitting.split` for who has fewer. Without ``train``,
        users have 20 to 3,200 training tweets, a fifth of them each count.
    others
        Users outside the group, whose tweets are only further background.
    pipeline
        spaCy pipeline of the ``vectors`` engine.
    progress
        Called with the name of each step before it starts.
    on_scored
        Called with the name of each engine, the split and the engine's answers.

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
    parts, counts = _split(tweets_by_user, train, test, split_by, seed)
    wider = [
        list(tweets)[-(train or max(TRAINS)) :] for tweets in (others or {}).values()
    ]
    found, measured = {}, {}
    for name in engines:
        progress(name)
        make = maker(name, pipeline)
        engine = make(wider)
        measured[name] = measure(engine, parts)
        on_scored(name, parts, measured[name])
        found[name] = {
            **_figures(measured[name], parts, split_by, seed),
            **_strangers(make, parts, wider, seed),
            "ms_per_prediction": _milliseconds(engine, parts),
            "levels": _levels(measured[name], counts, seed),
        }
    return {
        "users": list(parts.handles),
        "skipped": [
            {"handle": handle, "tweets": tweets, "needed": MIN_TWEETS + test}
            for handle, tweets in parts.skipped.items()
        ],
        "split": split_by,
        "train": train,
        "train_median": float(np.median([len(tweets) for tweets in parts.train])),
        "test": test,
        "seed": seed,
        "chance": 1 / len(parts.handles),
        "engines": found,
        "comparisons": compare(measured, seed),
    }


def _split(
    tweets_by_user: Mapping[str, Sequence[str]],
    train: int | None,
    test: int,
    split_by: SplitBy,
    seed: int,
) -> tuple[Split, list[int] | None]:
    """Return the split and, for a mixed group, what each user was allowed to train."""
    parts = split(tweets_by_user, train or max(TRAINS), test, split_by, seed)
    if len(parts.handles) < 2:
        raise ValueError(
            f"two users with at least {MIN_TWEETS + test} different tweets are needed"
        )
    if train is not None:
        return parts, None
    counts = mixed_counts(parts)
    return newest_only(parts, counts), counts


def _figures(
    measured: Measured, parts: Split, split_by: SplitBy, seed: int
) -> dict[str, Any]:
    interval = bootstrap_over_users(measured.right, measured.owners, seed)
    sizes = (*GROUP_SIZES, len(parts.handles))
    found = slices(measured, parts, seed)
    if split_by == "random":
        del found["age"]
    return {
        **quality(measured.scored.probabilities, measured.owners),
        "accuracy_interval": asdict(interval),
        "c_at_1": c_at_1(measured.right, ~measured.scored.flagged),
        **verification(measured),
        "seconds_to_fit": measured.seconds,
        "by_group_size": {
            str(size): asdict(each)
            for size, each in by_group_size(measured, sizes, seed).items()
        },
        "slices": found,
    }


def verification(measured: Measured) -> dict[str, float]:
    """Measure the scores of each tweet against each user: same author or not."""
    same, ratios = measured.same_author, measured.log_ratios()
    scores = measured.scored.verification
    own, other = scores[same], scores[~same]
    return {
        "cllr": cllr(ratios[same], ratios[~same]),
        "min_cllr": min_cllr(own, other),
        "eer": equal_error_rate(own, other),
    }


def _strangers(
    make: Maker, parts: Split, wider: Sequence[Sequence[str]], seed: int
) -> dict[str, float | None]:
    single, several = none_aurocs(make, parts, wider, seed)
    return {"none_auroc": single, "none_auroc_3": several}


def _levels(
    measured: Measured, counts: Sequence[int] | None, seed: int
) -> list[dict[str, Any]] | None:
    """Return how users of each count fare in a mixed group."""
    if counts is None:
        return None
    return [
        {"train": count, **asdict(level)}
        for count, level in by_level(measured, counts, seed).items()
    ]


def compare(measured: Mapping[str, Measured], seed: int) -> list[dict[str, Any]]:
    """Compare the accuracy of every two engines on the same tweets.

    Returns
    -------
    For each pair the difference "first less second" with its bootstrap interval over
    users, whether it is noise (under twice its error), and McNemar's test.
    """
    found = []
    for (first, ours), (second, theirs) in combinations(measured.items(), 2):
        gap = ours.right.astype(float) - theirs.right
        interval = bootstrap_over_users(gap, ours.owners, seed)
        found.append(
            {
                "first": first,
                "second": second,
                "difference": asdict(interval),
                "is_noise": interval.is_noise,
                "mcnemar": asdict(mcnemar(ours.right, theirs.right)),
            }
        )
    return found


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
        "brier": brier_score(probabilities, truth),
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


def _milliseconds(engine: TextClassifier, parts: Split) -> float:
    texts, _ = labelled(parts.test)
    chosen = texts[:: max(1, len(texts) // _TIMED_PREDICTIONS)][:_TIMED_PREDICTIONS]
    engine.predict_proba(chosen[:1])
    started = time.perf_counter()
    for text in chosen:
        engine.predict_proba([text])
    return (time.perf_counter() - started) / len(chosen) * 1000
