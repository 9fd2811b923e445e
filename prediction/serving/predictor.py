"""The one door that the form, the API and the command line use."""

import time
from collections.abc import Sequence
from typing import cast

from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.errors import NoVectorsError
from prediction.serving import spacy_engine
from prediction.serving.loader import ComposedGroup, compose, weighting
from prediction.serving.question import QuestionError
from prediction.serving.result import (
    Candidate,
    Piece,
    Result,
    candidates_of,
    evidence_of,
)
from prediction.serving.signals import predicted
from tweets.models import User

__all__ = [
    "ENGINE",
    "ENGINES",
    "VECTORS",
    "Candidate",
    "Piece",
    "Result",
    "answers",
    "compose",
    "predict",
    "predict_many",
    "weighting",
]

ENGINE = "signature"
VECTORS = "vectors"
ENGINES = (ENGINE, VECTORS)


def predict(
    users: Sequence[User],
    text: str,
    *,
    engine: str = ENGINE,
    style_only: bool = False,
) -> Result:
    """Who of these users most likely wrote the text. See `predict_many`."""
    return predict_many(users, [text], engine=engine, style_only=style_only)[0]


def predict_many(
    users: Sequence[User],
    texts: Sequence[str],
    *,
    engine: str = ENGINE,
    style_only: bool = False,
) -> list[Result]:
    """An answer for each text, in order; what is stale is built first.

    The group and the texts are those that `questions` let through. Raises
    NotEnoughUsersError when no background can be made, and QuestionError when the
    configured pipeline cannot do what the engine needs.
    """
    started = time.perf_counter()
    if engine == VECTORS:
        results = _with_vectors(users, texts)
    else:
        results = answers(compose(users), texts, style_only=style_only)
    took = time.perf_counter() - started
    predicted.send(None, engine=engine, texts=len(texts), seconds=took)
    return results


def _with_vectors(users: Sequence[User], texts: Sequence[str]) -> list[Result]:
    try:
        return spacy_engine.predict_many(users, texts)
    except NoVectorsError as error:
        raise QuestionError("engine", str(error)) from None


def answers(
    composed: ComposedGroup, texts: Sequence[str], *, style_only: bool = False
) -> list[Result]:
    """What a group says of each text."""
    group, members = composed
    # Loaded groups always come with their report.
    report = cast("HoldoutReport", group.calibration.report)
    return [
        Result(
            text=text,
            engine=ENGINE,
            candidates=candidates_of(answer, members),
            none_of_these=answer.none_of_these,
            held_out=report,
            evidence=evidence_of(answer, members),
            members=members,
        )
        for text, answer in zip(
            texts, group.predict(texts, style_only, explain=True), strict=True
        )
    ]
