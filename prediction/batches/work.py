"""Answers the texts of a batch, a few at a time, and stores how far it is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from common.http.later import BeingPreparedError
from common.http.rate_limits import TooManyRequestsError
from prediction.batches.tables import Columns, Table, read_file, read_lines
from prediction.models import Batch
from prediction.serving import predictor
from prediction.serving.question import LISTED, QuestionError, clean_text
from prediction.serving.result import Result
from prediction.serving.verbatim import recognised
from prediction.training.backgrounds import NotEnoughUsersError

CHUNK = 20


@dataclass(frozen=True)
class RowAnswer:
    """What is stored of the answer to one text.

    ``who`` is the key of the winner and ``probability`` the winner's within the group;
    ``wrote`` is the key of who really wrote the text, where that is known. A text that
    cannot be answered has a ``problem`` alone.
    """

    who: int | None = None
    probability: float = 0.0
    none: float = 0.0
    flag: bool = False
    wrote: int | None = None
    problem: str = ""


def table_of(batch: Batch) -> Table:
    """Read a batch's texts again. Raises BatchError, and OSError without its file."""
    with batch.content.open("rb") as stored:
        content: bytes = stored.read()
    if not batch.name:
        return read_lines(content.decode())
    return read_file(
        batch.name, content, Columns(batch.text_column, batch.author_column)
    )


def work_on(batch: Batch) -> int:
    """Answer a batch from its beginning, unless that is done; return how many texts.

    It may be run again after it was interrupted, and ends where the batch is deleted.
    Raises BeingPreparedError and TooManyRequestsError as any question does; the batch
    waits on.
    """
    now = timezone.now()
    if batch.is_finished or not batch.advance(
        state=Batch.State.WORKING, started_at=now, done=0
    ):
        return 0
    try:
        answers = _answers(batch, table_of(batch).texts)
    except (QuestionError, NotEnoughUsersError) as error:
        batch.advance(state=Batch.State.FAILED, problem=str(error)[:500])
        return 0
    except (BeingPreparedError, TooManyRequestsError):
        batch.advance(state=Batch.State.WAITING, started_at=None)
        raise
    except Exception as error:
        why = f"It failed with {type(error).__name__}; the log of the site says more."
        batch.advance(state=Batch.State.FAILED, problem=why)
        raise
    stored: list[dict[str, Any]] = [_stored(answer) for answer in answers]
    batch.advance(state=Batch.State.DONE, answers=stored)
    return len(stored)


def _stored(answer: RowAnswer) -> dict[str, Any]:
    """Leave out what is as it is by default."""
    usual = RowAnswer()
    return {
        name: value
        for name, value in asdict(answer).items()
        if value != getattr(usual, name)
    }


def _answers(batch: Batch, texts: Sequence[str]) -> list[RowAnswer]:
    """Return an answer to each text, or to the first ones if the batch is deleted."""
    users = list(batch.group.all())
    found: list[RowAnswer] = []
    for start in range(0, len(texts), CHUNK):
        found += _answer_some(batch, users, texts[start : start + CHUNK])
        if not batch.advance(done=len(found)):
            break
    return found


def _answer_some(
    batch: Batch, users: Sequence[Any], texts: Sequence[str]
) -> list[RowAnswer]:
    """Answer each text; a bad one does not stop the rest."""
    cleaned: dict[int, str] = {}
    answers: dict[int, RowAnswer] = {}
    for place, text in enumerate(texts):
        try:
            cleaned[place] = clean_text(text)
        except QuestionError as error:
            answers[place] = RowAnswer(problem=error.message)
    if cleaned:
        results = predictor.predict_many(
            users,
            list(cleaned.values()),
            engine=batch.engine,
            style_only=batch.style_only,
            explain=False,
        )
        known = recognised(results, LISTED)
        answers |= dict(zip(cleaned, map(_answer, known), strict=True))
    return [answers[place] for place in range(len(texts))]


def _answer(result: Result) -> RowAnswer:
    return RowAnswer(
        who=result.best.user.pk,
        probability=round(result.best.probability, 6),
        none=round(result.none_of_these.probability, 6),
        flag=result.none_of_these.flag,
        wrote=result.verbatim.author.pk if result.verbatim else None,
    )
