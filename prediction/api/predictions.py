"""JSON API: predictions."""

import json
from typing import Any, Literal

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from accounts.api_auth import ApiKeyBearer, Caller, caller
from accounts.models import Scope
from common.http.problems import FieldError, ProblemError
from common.http.rate_limits import bounded, cost_of, count_api_request
from prediction.api.schemas import PredictionIn, PredictionList, PredictionOut
from prediction.models import Prediction
from prediction.serving import predictor
from prediction.serving.evidence.change import with_change
from prediction.serving.evidence.why import whys_json
from prediction.serving.question import (
    LISTED,
    QuestionError,
    UnknownUsersError,
    choose_everyone,
    choose_group,
    clean_text,
)
from prediction.serving.result import Result
from prediction.serving.saved import FullError, count_saving, restore, save
from prediction.serving.verbatim import recognised
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.api.users import OPEN, ProblemOut
from tweets.models import User

router = Router(tags=["predictions"])
MAX_TEXTS = 500
MAX_HANDLES = 2_000
MAX_CANDIDATES = 50_000
TOP_OF_ALL = 10
TEXTS_AT_ONCE = 50
# A list of texts is cheaper than as many requests, unless each is saved or explained.
TEXTS_PER_REQUEST = 10


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
        503: ProblemOut,
    },
)
def create_prediction(request: HttpRequest, question: PredictionIn) -> HttpResponse:
    """Predict which user of a group most likely wrote a text, or each of several."""
    several = isinstance(question.text, list)
    texts = question.text if isinstance(question.text, list) else [question.text]
    is_dear = question.save or question.why
    cost = len(texts) if is_dear else -(-len(texts) // TEXTS_PER_REQUEST)
    key = caller(request).key
    account_id = key.account_id if key else None
    count_api_request(request, account_id, max(cost, 1))
    users, cleaned = _group(question.users), _cleaned(texts)
    question.top = _top(question, len(texts), len(users))
    if question.save:
        _count_saving(request, len(texts))
    work = cost_of(cleaned, len(users))
    if work > cost:
        count_api_request(request, account_id, work, counted=max(cost, 1))
    try:
        with bounded(work):
            answers = _answers(request, question, users, cleaned)
    except QuestionError as error:
        raise ProblemError(422, error.message, [_field(error)]) from None
    except NotEnoughUsersError as error:
        raise ProblemError(422, str(error)) from None
    # Serialised here: validating our own answer against the schema takes longer.
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
    """Return a saved answer as it was given."""
    saved = Prediction.objects.shown().filter(slug=slug).first()
    if saved is None:
        raise ProblemError(404, "No prediction is saved under this name.")
    saved.note_opening()
    return restore(saved).as_json() | _address(saved)


def _count_saving(request: HttpRequest, texts: int) -> None:
    try:
        count_saving(request, caller(request).account or AnonymousUser(), texts)
    except FullError as error:
        raise ProblemError(422, str(error), [FieldError("save", str(error))]) from None


def _answers(
    request: HttpRequest, question: PredictionIn, users: list[User], texts: list[str]
) -> list[dict[str, Any]]:
    """Answer some texts at a time, which bounds memory: a result has all users."""
    answers: list[dict[str, Any]] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        results = predictor.predict_many(
            users,
            texts[start : start + TEXTS_AT_ONCE],
            engine=question.engine,
            style_only=question.style_only,
        )
        found = recognised(results, LISTED)
        answers += [_answer(result, question, caller(request)) for result in found]
    return answers


def _top(question: PredictionIn, texts: int, users: int) -> int | None:
    """Return how many candidates each answer has; of everybody, ten unless asked."""
    top = question.top
    if top is None and question.users == "all":
        top = TOP_OF_ALL
    if texts * min(top or users, users) > MAX_CANDIDATES:
        reason = f"At most {MAX_CANDIDATES:,} candidates in one response"
        raise ProblemError(422, reason, [FieldError("top", reason)])
    return top


def _answer(result: Result, question: PredictionIn, by: Caller) -> dict[str, Any]:
    if not question.why:
        return result.as_json(question.top) | _saved(result, question, by)
    explained = with_change(result, style_only=question.style_only)
    answer = whys_json(explained, question.top, style_only=question.style_only)
    return answer | _saved(explained, question, by)


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
