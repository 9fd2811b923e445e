"""JSON API of users and their tweets."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from accounts.api_auth import ApiKeyBearer
from accounts.models import Scope
from common.http.problems import FieldError, ProblemError
from common.search import search_notice
from tweets.models import Tweet, User

router = Router(tags=["users"], auth=ApiKeyBearer(Scope.READ))
MAX_LIMIT = 200
# In the OpenAPI description: these operations also work without a key.
OPEN: dict[str, Any] = {"security": [{}]}


class ProblemField(Schema):
    field: str
    reason: str


class ProblemOut(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField]


class UserOut(Schema):
    handle: str
    name: str
    bio: str = Field(description="Who they are, in a line; empty if nobody said.")
    source: str = Field(description="Where the tweets come from.")
    status: str = Field(description="The status of the account on X.")
    tweets: int = Field(alias="tweet_count")
    eligible_tweets: int = Field(
        alias="eligible_count",
        description="Different tweets with enough words for training.",
    )
    predictable: bool = Field(
        alias="is_predictable",
        description="Whether there are enough tweets for predictions.",
    )
    in_everyone: bool = Field(
        alias="is_varied",
        description="Whether a prediction among all users includes this one: its "
        "tweets differ enough.",
    )
    refreshed_at: datetime | None = Field(
        description="When the tweets were last read from X."
    )


class UserList(Schema):
    items: list[UserOut]
    count: int = Field(description="The number of all items, also on other pages.")


class TweetOut(Schema):
    id: str | None = Field(description="The id on X, as a string.")
    text: str
    posted_at: datetime | None
    url: str | None = Field(description="Its page on X.")

    @staticmethod
    def resolve_id(tweet: Tweet) -> str | None:
        return None if tweet.x_id is None else str(tweet.x_id)

    @staticmethod
    def resolve_url(tweet: Tweet) -> str | None:
        return tweet.x_url or None


class TweetList(Schema):
    items: list[TweetOut]
    count: int = Field(description="The number of all items, also on other pages.")


class Page(Schema):
    limit: int = Field(
        50, ge=1, le=MAX_LIMIT, description="The largest number of items."
    )
    offset: int = Field(
        0, ge=0, le=10_000_000, description="The number of items to skip."
    )


class UserSearch(Page):
    q: str = Field("", max_length=100, description="Words of the handle or the name.")


@router.get(
    "/users",
    operation_id="tweets_api_list_users",
    openapi_extra=OPEN,
    response={200: UserList, 422: ProblemOut},
)
def list_users(request: HttpRequest, query: Query[UserSearch]) -> dict[str, object]:
    """List users by handle."""
    if notice := search_notice(query.q):
        raise ProblemError(422, notice, [FieldError("q", notice)])
    found = User.objects.listed().search(query.q)
    items = list(found[query.offset : query.offset + query.limit])
    return {"items": items, "count": found.count()}


@router.get(
    "/users/{handle}",
    operation_id="tweets_api_get_user",
    openapi_extra=OPEN,
    response={200: UserOut, 404: ProblemOut},
)
def get_user(request: HttpRequest, handle: str) -> User:
    """Get one listed user."""
    return find_listed(handle)


@router.get(
    "/users/{handle}/tweets",
    operation_id="tweets_api_list_tweets",
    openapi_extra=OPEN,
    response={200: TweetList, 404: ProblemOut, 422: ProblemOut},
)
def list_tweets(
    request: HttpRequest, handle: str, query: Query[Page]
) -> dict[str, object]:
    """List a user's tweets, newest first."""
    user = find_listed(handle)
    tweets = user.tweets.newest_first().select_related("user")
    items = list(tweets[query.offset : query.offset + query.limit])
    return {"items": items, "count": user.tweet_count}


def find_listed(handle: str) -> User:
    """Return the listed user of that handle. Raises ProblemError."""
    user = User.objects.listed().by_handle(handle).first()
    if user is None:
        raise ProblemError(404, f"Not known here: @{handle[:50]}")
    return user
