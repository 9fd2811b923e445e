"""JSON API: who writes like whom."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from accounts.api_auth import ApiKeyBearer
from accounts.models import Scope
from prediction.serving.map.style_map import neighbours
from tweets.api.users import OPEN, ProblemOut, find_listed

router = Router(tags=["predictions"])


class SimilarOut(Schema):
    handle: str
    name: str


class SimilarList(Schema):
    items: list[SimilarOut]
    count: int


class SimilarSearch(Schema):
    limit: int = Field(5, ge=1, le=50, description="How many users to return at most.")


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
    """List the users who write most like this one, the closest first."""
    found = neighbours(find_listed(handle), query.limit)
    return {"items": found, "count": len(found)}
