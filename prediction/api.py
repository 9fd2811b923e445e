"""JSON API: predictions."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from prediction import predictor
from prediction.questions import (
    QuestionError,
    UnknownUsersError,
    choose_everyone,
    choose_group,
    clean_text,
)
from prediction.training import NotEnoughUsersError
from tweets.api import ProblemOut
from tweets.models import User
from tweets.problems import FieldError, ProblemError

router = Router(tags=["predictions"])
MAX_TEXTS = 500
MAX_HANDLES = 2_000


class PredictionIn(Schema):
    text: str | list[str] = Field(description="One text, or up to 500.")
    users: Literal["all"] | list[str] = Field(
        description="Two handles or more, or all."
    )
    engine: Literal["signature"] = "signature"
    style_only: bool = False
    top: int | None = Field(None, ge=1, description="Only the likeliest candidates.")


class NoneOfTheseOut(Schema):
    flag: bool
    probability: float


class CandidateOut(Schema):
    handle: str
    probability: float
    score: float


class HeldOutOut(Schema):
    accuracy: float
    chance: float
    tweets: int


class EvidenceOut(Schema):
    start: int
    end: int
    text: str
    weight: float
    toward: str


class PredictionOut(Schema):
    text: str
    engine: str
    predicted: str
    none_of_these: NoneOfTheseOut
    candidates: list[CandidateOut]
    held_out: HeldOutOut
    evidence: list[EvidenceOut]
    notices: list[str]


class PredictionList(Schema):
    items: list[PredictionOut]
    count: int


@router.post(
    "/predictions",
    response={
        200: PredictionOut | PredictionList,
        404: ProblemOut,
        422: ProblemOut,
    },
)
def create_prediction(request: HttpRequest, question: PredictionIn) -> dict[str, Any]:
    """Who of a group most likely wrote a text, or each of several."""
    users = _group(question.users)
    several = isinstance(question.text, list)
    texts = question.text if isinstance(question.text, list) else [question.text]
    try:
        results = predictor.predict_many(
            users, _cleaned(texts), style_only=question.style_only
        )
    except NotEnoughUsersError as error:
        raise ProblemError(422, str(error)) from None
    answers = [result.as_json(question.top) for result in results]
    return {"items": answers, "count": len(answers)} if several else answers[0]


def _group(handles: Literal["all"] | list[str]) -> list[User]:
    listed = User.objects.listed()
    try:
        if handles == "all":
            return choose_everyone(listed)
        if len(handles) > MAX_HANDLES:
            raise QuestionError("users", f"At most {MAX_HANDLES:,} users")
        return choose_group(handles, listed)
    except UnknownUsersError as error:
        raise ProblemError(404, error.message, [_field(error)]) from None
    except QuestionError as error:
        raise ProblemError(422, error.message, [_field(error)]) from None


def _cleaned(texts: list[str]) -> list[str]:
    if not 1 <= len(texts) <= MAX_TEXTS:
        reason = f"Between 1 and {MAX_TEXTS} texts"
        raise ProblemError(422, reason, [FieldError("text", reason)])
    cleaned, errors = [], []
    for number, text in enumerate(texts):
        try:
            cleaned.append(clean_text(text))
        except QuestionError as error:
            field = f"text.{number}" if len(texts) > 1 else "text"
            errors.append(FieldError(field, error.message))
    if errors:
        raise ProblemError(422, errors[0].reason, errors)
    return cleaned


def _field(error: QuestionError) -> FieldError:
    return FieldError(error.field, error.message)
