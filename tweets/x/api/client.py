"""A client for the X API, on top of tweepy."""

from collections.abc import Callable, Sequence
from typing import Any

import requests
import tweepy
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError
from urllib3.exceptions import TimeoutError as NoAnswerInTime

from tweets.sources.fields.identifiers import is_x_handle
from tweets.x.api.errors import XError, XErrorKind
from tweets.x.api.responses import (
    Page,
    PostLookUp,
    Usage,
    UserLookUp,
    XStatus,
    read_page,
    read_posts,
    read_usage,
    read_users,
)
from tweets.x.api.sizes import MAX_LOOK_UP, MAX_PAGE, MIN_PAGE
from tweets.x.api.transport import TWEEPY_HOST, XAdapter, mount_adapter

_USER_FIELDS = ["description", "protected", "public_metrics"]
_POST_FIELDS = [
    "created_at",
    "author_id",
    "in_reply_to_user_id",
    "referenced_tweets",
    "note_tweet",
]


class XClient:
    """Reads users, timelines, posts and usage; methods raise XError if X fails.

    It never waits for a rate limit: the error says when that is reset. `timeout` is
    in seconds; `retries` limits how often timeouts and 5xx answers are tried again,
    which ends once `stopped` is true.
    """

    def __init__(
        self,
        bearer_token: str,
        base_url: str = TWEEPY_HOST,
        timeout: float = 30,
        retries: int = 3,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client = tweepy.Client(bearer_token, return_type=dict)
        adapter = XAdapter(base_url, timeout, retries, stopped)
        mount_adapter(self._client.session, adapter)

    def look_up_users(self, handles: Sequence[str]) -> UserLookUp:
        """Look up at most 100 users by handle; X charges for each one found."""
        _check_count(handles)
        valid = [handle for handle in handles if is_x_handle(handle)]
        invalid = {name: XStatus.INVALID for name in handles if name not in valid}
        if not valid:
            return UserLookUp([], invalid)
        answer = self._ask(
            lambda: self._client.get_users(usernames=valid, user_fields=_USER_FIELDS)
        )
        seen = read_users(answer, valid)
        return UserLookUp(seen.found, {**seen.missing, **invalid})

    def look_up_users_by_id(self, x_ids: Sequence[int]) -> UserLookUp:
        """Look up at most 100 users by id, which outlasts a change of handle."""
        _check_count(x_ids)
        asked = [str(x_id) for x_id in x_ids]
        answer = self._ask(
            lambda: self._client.get_users(ids=asked, user_fields=_USER_FIELDS)
        )
        return read_users(answer, asked)

    def timeline_page(
        self,
        x_id: int,
        *,
        since_id: int | None = None,
        until_id: int | None = None,
        pagination_token: str | None = None,
        max_results: int = MAX_PAGE,
        include_replies: bool = False,
    ) -> Page:
        """Read one page of a user's posts without retweets, newest first.

        `since_id` and `until_id` are both exclusive. A page has at least 5 and at most
        100 posts, and X charges for each.
        """
        if not MIN_PAGE <= max_results <= MAX_PAGE:
            raise ValueError(f"a page has {MIN_PAGE} to {MAX_PAGE} posts")
        answer = self._ask(
            lambda: self._client.get_users_tweets(
                x_id,
                exclude=["retweets"] if include_replies else ["retweets", "replies"],
                max_results=max_results,
                pagination_token=pagination_token,
                since_id=since_id,
                until_id=until_id,
                tweet_fields=_POST_FIELDS,
            )
        )
        return read_page(answer)

    def look_up_tweets(self, x_ids: Sequence[int]) -> PostLookUp:
        """Ask which of at most 100 posts X still shows, each at a price."""
        _check_count(x_ids)
        answer = self._ask(lambda: self._client.get_tweets(list(x_ids)))
        return read_posts(answer, x_ids)

    def usage(self) -> Usage:
        """Ask how much the project has read this month, and its cap."""
        return read_usage(
            self._ask(lambda: self._client.request("GET", "/2/usage/tweets").json())
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.session.close()

    def _ask(self, request: Callable[[], Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = request()
        except requests.RequestException as error:
            raise XError(
                f"X could not be reached: {_reason(error)}. Check the connection, or "
                "try again later.",
                XErrorKind.UNAVAILABLE,
                may_cost=_may_have_arrived(error),
            ) from error
        return answer


def _check_count(items: Sequence[object]) -> None:
    if not 1 <= len(items) <= MAX_LOOK_UP:
        raise ValueError(f"1 to {MAX_LOOK_UP} at a time")


def _reason(error: requests.RequestException) -> str:
    """Describe the failure without the address and its parameters."""
    if isinstance(error, requests.Timeout) or _ran_out_of_time(error):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the answer was cut off"
    return "no connection"


def _may_have_arrived(error: requests.RequestException) -> bool:
    """Return whether X may have got the request: it was sent, and no answer came."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return not isinstance(reason, ConnectTimeoutError | NewConnectionError)


def _ran_out_of_time(error: requests.RequestException) -> bool:
    """Return whether the last of several attempts timed out."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NoAnswerInTime)
