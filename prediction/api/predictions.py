"""JSON API: predictions."""

import json
from typing import Any, Literal

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Query, Router, Schema

from accounts.api_auth import ApiKeyBearer, Caller, caller
from accounts.models import Scope
from common.http.problems import FieldError, ProblemError
from common.http.rate_limits import count_api_request
from prediction.models import Prediction
from prediction.serving import predictor
from prediction.serving.predictor import Result
from prediction.serving.question import (
    LISTED,
    QuestionError,
    UnknownUsersError,
    choose_everyone,
    choose_group,
    clean_text,
)
from prediction.serving.saved import restore, save
from prediction.serving.style_map import neighbours
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.api.users import OPEN, ProblemOut, find_listed
from tweets.models import User

router = Router(tags=["predictions"])
MAX_TEXTS = 500
MAX_HANDLES = 2_000
# A list of texts is cheaper than as many requests, unless each is saved.
TEXTS_PER_REQUEST = 10


class PredictionIn(Schema):
    model_config = {
        "json_schema_extra": {
            "examples": [
                {"text": "The gull is back.", "users": "all", "top": 3},
            ]
        }
    }

    text: str | list[str] = Field(description="One text, or up to 500.")
    users: Literal["all"] | list[str] = Field(
        description="Two handles or more, or all."
    )
    engine: Literal["signature", "vectors"] = Field(
        "signature", description="Vectors only where the site has a pipeline for it."
    )
    style_only: bool = Field(
        False, description="Ignores links, mentions, hashtags and numbers."
    )
    top: int | None = Field(None, ge=1, description="Only the likeliest candidates.")
    save: bool = Field(False, description="Keep the answer, to be shown again.")


class NoneOfTheseOut(Schema):
    """Whether somebody outside the group wrote it."""

    flag: bool = Field(description="Likely enough to be said.")
    probability: float


class CandidateOut(Schema):
    handle: str
    probability: float = Field(
        description="If one of the group wrote it; sums to 1 over the group."
    )
    score: float = Field(description="The model's own, before calibration.")


class HeldOutOut(Schema):
    """How well this very group is told apart on tweets that no model learnt from."""

    accuracy: float = Field(description="Share of them that it gets right.")
    chance: float = Field(description="Share that guessing would get right.")
    tweets: int = Field(description="How many there are.")


class EvidenceOut(Schema):
    """A place in the text that moved the answer."""

    start: int = Field(description="Where it begins, in code points.")
    end: int = Field(description="Where it ends, in code points.")
    text: str
    weight: float = Field(description="How much it says.")
    toward: str = Field(description="The handle it speaks for.")


class PredictionOut(Schema):
    text: str
    engine: str
    predicted: str = Field(description="The likeliest handle.")
    none_of_these: NoneOfTheseOut
    candidates: list[CandidateOut] = Field(description="The likeliest first.")
    held_out: HeldOutOut
    evidence: list[EvidenceOut]
    notices: list[str] = Field(description="What to know before believing it.")
    slug: str | None = Field(None, description="Its name, where it was saved.")
    url: str | None = Field(None, description="Its page, where it was saved.")


class PredictionList(Schema):
    items: list[PredictionOut]
    count: int


class SimilarOut(Schema):
    handle: str
    name: str


class SimilarList(Schema):
    items: list[SimilarOut]
    count: int


class SimilarSearch(Schema):
    limit: int = Field(5, ge=1, le=50, description="How many at most.")


@router.post(
    "/predictions",
    operation_id="prediction_api_create_prediction",
    auth=ApiKeyBearer(Scope.PREDICT),
    openapi_extra=OPEN,
    response={
        200: PredictionOut | PredictionList,
        404: ProblemOut,
        422: ProblemOut,
        429: ProblemOut,
    },
)
def create_prediction(request: HttpRequest, question: PredictionIn) -> HttpResponse:
    """Who of a group most likely wrote a text, or each of several."""
    several = isinstance(question.text, list)
    texts = question.text if isinstance(question.text, list) else [question.text]
    cost = len(texts) if question.save else -(-len(texts) // TEXTS_PER_REQUEST)
    key = caller(request).key
    count_api_request(request, key.pk if key else None, max(cost, 1))
    users, cleaned = _group(question.users), _cleaned(texts)
    try:
        results = predictor.predict_many(
            users, cleaned, engine=question.engine, style_only=question.style_only
        )
    except QuestionError as error:
        raise ProblemError(422, error.message, [_field(error)]) from None
    except NotEnoughUsersError as error:
        raise ProblemError(422, str(error)) from None
    answers = [
        result.as_json(question.top) | _saved(result, question, caller(request))
        for result in results
    ]
    # Written here: checking an answer of our own against its schema takes longer.
    return JsonResponse(
        {"items": answers, "count": len(answers)} if several else answers[0],
        encoder=json.JSONEncoder,
    )


@router.get(
    "/predictions/{slug:slug}",
    operation_id="prediction_api_get_prediction",
    auth=ApiKeyBearer(Scope.READ),
    openapi_extra=OPEN,
    response={200: PredictionOut, 404: ProblemOut},
)
def get_prediction(request: HttpRequest, slug: str) -> dict[str, Any]:
    """An answer that was saved, as it was given."""
    saved = Prediction.objects.shown().filter(slug=slug).first()
    if saved is None:
        raise ProblemError(404, "No prediction is saved under this name.")
    return restore(saved).as_json() | _address(saved)


@router.get(
    "/similar/{handle}",
    operation_id="prediction_api_list_similar",
    auth=ApiKeyBearer(Scope.READ),
    openapi_extra=OPEN,
    response={200: SimilarList, 404: ProblemOut, 422: ProblemOut},
)
def list_similar(
    request: HttpRequest, handle: str, query: Query[SimilarSearch]
) -> dict[str, Any]:
    """The users who sound most like this one, the closest first."""
    found = neighbours(find_listed(handle), query.limit)
    return {"items": found, "count": len(found)}


def _saved(result: Result, question: PredictionIn, by: Caller) -> dict[str, Any]:
    if not question.save:
        return {"slug": None, "url": None}
    account = by.account or AnonymousUser()
    return _address(save(result, style_only=question.style_only, account=account))


def _address(saved: Prediction) -> dict[str, str]:
    return {"slug": saved.slug, "url": saved.get_absolute_url()}


def _group(handles: Literal["all"] | list[str]) -> list[User]:
    try:
        if handles == "all":
            return choose_everyone(LISTED)
        if len(handles) > MAX_HANDLES:
            raise QuestionError("users", f"At most {MAX_HANDLES:,} users")
        return choose_group(handles, LISTED)
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
