"""JSON API: would one person have written a text?"""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Router, Schema

from accounts.api_auth import ApiKeyBearer, caller
from accounts.models import Scope
from common.http.problems import FieldError, ProblemError
from common.http.rate_limits import count_api_request
from prediction.serving.question import (
    LISTED,
    QuestionError,
    UnknownUsersError,
    choose_one,
    clean_text,
)
from prediction.serving.verification.verification import verify
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.api.users import OPEN, ProblemOut

router = Router(tags=["predictions"])


class VerificationIn(Schema):
    model_config = {
        "json_schema_extra": {
            "examples": [{"user": "gullrock_keeper", "text": "The gull is back."}]
        }
    }

    user: str = Field(description="A handle.")
    text: str


class SpanOut(Schema):
    """A span of the text that speaks for the user or against."""

    start: int = Field(description="Where it begins, in code points.")
    end: int = Field(description="Where it ends, in code points.")
    text: str
    weight: float = Field(description="How much it adds, in log-odds.")
    toward: str | None = Field(description="The handle, or null for everybody else.")
    strength: int = Field(description="From 1, weak, to 4, very strong.")


class VerificationOut(Schema):
    handle: str
    probability: float = Field(description="That they wrote it, for even prior odds.")
    log_likelihood_ratio: float = Field(
        description="Against everybody else; natural logarithm. Stops where held-out "
        "tweets support no more."
    )
    words: str = Field(description="The same in words, such as weak evidence against.")
    flag: bool = Field(description="True if somebody else is likely enough to say so.")
    evidence: list[SpanOut]
    notices: list[str] = Field(description="What to know before trusting the answer.")


@router.post(
    "/verifications",
    operation_id="prediction_api_create_verification",
    auth=ApiKeyBearer(Scope.PREDICT),
    openapi_extra=OPEN,
    response={
        200: VerificationOut,
        404: ProblemOut,
        422: ProblemOut,
        429: ProblemOut,
        503: ProblemOut,
    },
)
def create_verification(request: HttpRequest, question: VerificationIn) -> HttpResponse:
    """Say how much speaks for one user as the author of a text, or against."""
    key = caller(request).key
    count_api_request(request, key.account_id if key else None, 1)
    try:
        user = choose_one(question.user, LISTED)
        found = verify(user, [clean_text(question.text)], LISTED)[0]
    except QuestionError as error:
        status = 404 if isinstance(error, UnknownUsersError) else 422
        errors = [FieldError(error.field, error.message)]
        raise ProblemError(status, error.message, errors) from None
    except NotEnoughUsersError as error:
        raise ProblemError(422, str(error)) from None
    return JsonResponse(found.as_json(), encoder=json.JSONEncoder)
