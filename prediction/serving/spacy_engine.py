"""The classic engine: a stored document vector per tweet, and a logistic regression
fitted on the group at every question."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from scipy.special import softmax

from prediction.engine.calibration.holdout import (
    HoldoutReport,
    HoldoutScores,
    holdout_size,
)
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.models.vectors import document_vectors, vector_classifier
from prediction.models import TweetVector
from prediction.serving.result import Candidate, Result
from prediction.training.eligible import eligible_tweets
from tweets.models import User

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

ENGINE = "vectors"
# Share of genuine tweets that may be flagged as written by nobody of the group.
GENUINE_REJECTED = 0.08
STORED = np.dtype("<f2")
AT_ONCE = 1_000

Vectors = NDArray[np.float32]


def predict_many(users: Sequence[User], texts: Sequence[str]) -> list[Result]:
    """Answer each text. Raises NoVectorsError."""
    asked = document_vectors(texts, settings.SPACY_PIPELINE)
    own = [stored_vectors(user.pk) for user in users]
    probabilities = _fit(own).predict_proba(asked)
    scores = _held_out_scores(own)
    report = scores.report(softmax(scores.scores, axis=1))
    sure = np.sort(softmax(scores.scores, axis=1).max(axis=1))
    return [
        _result(users, text, row, report, sure)
        for text, row in zip(texts, probabilities, strict=True)
    ]


def stored_vectors(user_id: int) -> Vectors:
    """Return vectors of the user's eligible tweets, oldest first, shape ``(tweets,
    dimensions)``.

    Computes and stores those that are missing. Raises NoVectorsError.
    """
    tweets = eligible_tweets(user_id)
    stored = dict(
        TweetVector.objects.filter(
            tweet__user_id=user_id, pipeline=settings.SPACY_PIPELINE
        ).values_list("tweet_id", "vector")
    )
    missing = [(pk, text) for pk, text in tweets if pk not in stored]
    stored |= _store(missing)
    return np.array(
        [np.frombuffer(bytes(stored[pk]), STORED) for pk, _ in tweets], dtype=np.float32
    )


def build_vectors(user_ids: Iterable[int]) -> int:
    """Compute missing vectors; return how many tweets of these users have one."""
    return sum(len(stored_vectors(user_id)) for user_id in user_ids)


def _store(tweets: list[tuple[int, str]]) -> dict[int, bytes]:
    made: dict[int, bytes] = {}
    for start in range(0, len(tweets), AT_ONCE):
        part = tweets[start : start + AT_ONCE]
        vectors = document_vectors([text for _, text in part], settings.SPACY_PIPELINE)
        rows = {
            pk: vector.astype(STORED).tobytes()
            for (pk, _), vector in zip(part, vectors, strict=True)
        }
        TweetVector.objects.bulk_create(
            [
                TweetVector(
                    tweet_id=pk, pipeline=settings.SPACY_PIPELINE, vector=vector
                )
                for pk, vector in rows.items()
            ],
            update_conflicts=True,
            unique_fields=["tweet"],
            update_fields=["pipeline", "vector"],
        )
        made |= rows
    return made


def _fit(own: Sequence[Vectors]) -> "Pipeline":
    labels = np.repeat(np.arange(len(own)), [len(vectors) for vectors in own])
    return vector_classifier().fit(np.concatenate(own), labels)


def _held_out_scores(own: Sequence[Vectors]) -> HoldoutScores:
    """Score everybody's newest tweets with a model fitted on the older ones."""
    sizes = [holdout_size(len(vectors)) for vectors in own]
    older = [vectors[:-size] for vectors, size in zip(own, sizes, strict=True)]
    newest = [vectors[-size:] for vectors, size in zip(own, sizes, strict=True)]
    probabilities = _fit(older).predict_proba(np.concatenate(newest))
    log_odds = np.log(np.clip(probabilities, 1e-12, 1)).astype(np.float32)
    authors = np.repeat(np.arange(len(own)), sizes)
    return HoldoutScores(log_odds, authors)


def _result(
    users: Sequence[User],
    text: str,
    probabilities: NDArray[np.floating],
    report: HoldoutReport,
    sure: NDArray[np.floating],
) -> Result:
    log_odds = np.log(probabilities) - np.log1p(
        -np.clip(probabilities, 1e-12, 1 - 1e-12)
    )
    candidates = [
        Candidate(users[i], float(probabilities[i]), float(log_odds[i]))
        for i in np.argsort(-probabilities, kind="stable").tolist()
    ]
    # The share of genuine tweets of whose author the model was surer.
    surer = 1 - float(np.searchsorted(sure, probabilities.max())) / len(sure)
    flag = surer > 1 - GENUINE_REJECTED
    nobody = NoneOfThese(flag, surer, "style" if flag else "")
    return Result(
        text=text,
        engine=ENGINE,
        members=tuple(users),
        candidates=candidates,
        none_of_these=nobody,
        held_out=report,
        evidence=(),
    )
