"""Answers questions, for the site, the API and the command line alike."""

import time
from collections.abc import Sequence
from threading import Lock
from typing import cast

from cachetools import TTLCache

from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.errors import NoVectorsError
from prediction.serving import spacy_engine
from prediction.serving.loader import ComposedGroup, compose
from prediction.serving.question import QuestionError
from prediction.serving.result import Result, candidates_of, evidence_of
from prediction.serving.signals import predicted
from tweets.models import User

ENGINE = "signature"
VECTORS = "vectors"
ENGINES = (ENGINE, VECTORS)

# Whoever saves an answer has just seen it: it is kept this long, in memory only.
KEPT_SECONDS = 600
RECENT: TTLCache[object, Result] = TTLCache(maxsize=256, ttl=KEPT_SECONDS)
_LOCK = Lock()


def predict(
    users: Sequence[User],
    text: str,
    *,
    engine: str = ENGINE,
    style_only: bool = False,
) -> Result:
    """Answer one question; the same question is not computed twice in ten minutes.

    Raises like `predict_many`.
    """
    if engine == VECTORS:
        return predict_many(users, [text], engine=engine)[0]
    composed = compose(users)
    handles = tuple(user.handle for user in composed.members)
    key = (composed.version, handles, text, style_only)
    with _LOCK:
        known = RECENT.get(key)
    if known is not None:
        return known
    result = _timed_answers(composed, [text], style_only)[0]
    with _LOCK:
        RECENT[key] = result
    return result


def predict_many(
    users: Sequence[User],
    texts: Sequence[str],
    *,
    engine: str = ENGINE,
    style_only: bool = False,
    explain: bool = True,
) -> list[Result]:
    """Answer each text by itself, in order, with evidence unless nobody asks for it.

    Users and texts are those that `question` accepted. Raises NotEnoughUsersError if
    no background can be made, and QuestionError if the spaCy pipeline lacks what the
    engine needs.
    """
    if engine != VECTORS:
        return _timed_answers(compose(users), texts, style_only, explain)
    started = time.perf_counter()
    try:
        results = spacy_engine.predict_many(users, texts)
    except NoVectorsError as error:
        raise QuestionError("engine", str(error)) from None
    _announce(VECTORS, len(texts), started)
    return results


def answers(
    composed: ComposedGroup,
    texts: Sequence[str],
    *,
    style_only: bool = False,
    explain: bool = True,
) -> list[Result]:
    """Answer each text with a composed group, with evidence unless nobody asks for
    it: finding that takes most of the time."""
    group, members, _ = composed
    # Loaded groups always come with their report.
    report = cast("HoldoutReport", group.calibration.report)
    return [
        Result(
            text=text,
            engine=ENGINE,
            candidates=candidates_of(answer, members),
            none_of_these=answer.none_of_these,
            held_out=report,
            evidence=evidence_of(answer.explanation, members),
            members=members,
        )
        for text, answer in zip(
            texts, group.predict(texts, style_only, explain=explain), strict=True
        )
    ]


def _timed_answers(
    composed: ComposedGroup,
    texts: Sequence[str],
    style_only: bool,
    explain: bool = True,
) -> list[Result]:
    started = time.perf_counter()
    results = answers(composed, texts, style_only=style_only, explain=explain)
    _announce(ENGINE, len(texts), started)
    return results


def _announce(engine: str, texts: int, started: float) -> None:
    seconds = time.perf_counter() - started
    predicted.send(None, engine=engine, texts=texts, seconds=seconds)
