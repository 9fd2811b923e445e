"""A server on loopback that acts as the X API, scripted by each test.

    with FakeX() as x:
        ada = x.add_user("ada", posts=250)
        x.fail(503, times=2, on="/tweets")
        client = XClient(x.token, x.base_url)

Timelines are paged before replies and retweets are left out, as X does it, so pages
with `exclude` may be short or empty and still have a next token.
"""

import threading
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from tweets.tests.fake_x_http import (
    Answer,
    Failure,
    Handler,
    SeenRequest,
    Server,
    problem,
    route_of,
)

FIRST_POST = datetime(2020, 1, 1, tzinfo=UTC)
PROBLEMS = "https://api.twitter.com/2/problems"
RENAMED = {
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "tweet_count": "post_count",
}


@dataclass
class FakePost:
    """A post; `long_text` is the text of the note, `versions` the edits so far."""

    x_id: int
    text: str
    posted_at: datetime
    reply_to: int | None = None
    retweet_of: int | None = None
    long_text: str | None = None
    versions: list[int] = field(default_factory=list)


@dataclass
class FakeUser:
    """A user; `state` is active, protected, suspended or gone. Oldest post first."""

    x_id: int
    handle: str
    name: str
    state: str = "active"
    posts: list[FakePost] = field(default_factory=list)
    bio: str = ""

    def ids(self) -> list[int]:
        return [post.x_id for post in self.posts]


@dataclass
class RateLimit:
    """`limit` requests in each window of `seconds`."""

    limit: int
    seconds: float
    used: int = 0
    resets_at: float = 0

    def take(self) -> bool:
        if time.time() >= self.resets_at:
            self.used, self.resets_at = 0, time.time() + self.seconds
        self.used += 1
        return self.used <= self.limit

    def headers(self) -> dict[str, str]:
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(max(0, self.limit - self.used)),
            "x-rate-limit-reset": str(int(self.resets_at) + 1),
        }


class FakeX:
    """The server and everything it knows; change it at any time.

    `credits` and `monthly_cap` count posts and users (credits) or posts alone (cap),
    each item once. `limits` maps "timeline", "users", "posts" and "usage" to rate
    limits. `spelling` is "tweet" or "post"; `withheld` are fields that never come.
    """

    def __init__(self) -> None:
        self.token = "the-token"
        self.users: dict[int, FakeUser] = {}
        self.requests: list[SeenRequest] = []
        self.limits: dict[str, RateLimit] = {}
        self.credits: int | None = None
        self.monthly_cap: int | None = None
        self.spelling = "tweet"
        self.withheld: set[str] = set()
        self.deleted: set[int] = set()
        self.depth = {"all": 3200, "without replies": 800}
        self.read_ids: set[tuple[str, int]] = set()
        self._failures: list[Failure] = []
        self._next_id = 1_000_000_000_000_000_000
        self._lock = threading.RLock()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.x = self
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    # Setting the scene

    def add_user(self, handle: str, posts: int = 0, state: str = "active") -> FakeUser:
        """Add a user with so many posts of distinct texts."""
        x_id = 1000 + len(self.users)
        user = FakeUser(x_id, handle, handle.title(), state)
        with self._lock:
            self.users[x_id] = user
            for number in range(posts):
                self.post(user, f"{handle} says a thing of note, number {number}")
        return user

    def post(self, user: FakeUser, text: str, **details: Any) -> FakePost:
        """Let a user post something, now the newest of all posts."""
        with self._lock:
            self._next_id += 1000
            age = timedelta(minutes=len(user.posts))
            post = FakePost(self._next_id, text, FIRST_POST + age, **details)
            user.posts.append(post)
        return post

    def delete(self, post: FakePost) -> None:
        """Let a post vanish from timelines and look-ups."""
        with self._lock:
            self.deleted.add(post.x_id)
            for user in self.users.values():
                user.posts = [kept for kept in user.posts if kept is not post]

    def fail(self, status: int | None, **details: Any) -> None:
        """Script the next answers; see Failure."""
        with self._lock:
            self._failures.append(Failure(status, **details))

    # Looking at what happened

    def count_requests(self) -> Counter[str]:
        """Count the requests by route."""
        return Counter(route_of(request.path) for request in self.requests)

    def posts_read(self) -> int:
        """Count the posts that were read, each once."""
        return sum(1 for kind, _ in self.read_ids if kind == "post")

    # Answering

    def failure_for(self, path: str) -> Failure | None:
        with self._lock:
            for failure in self._failures:
                if failure.on in path and failure.times > 0:
                    failure.times -= 1
                    return failure
        return None

    def answer(self, path: str, params: dict[str, str], token: str) -> Answer:
        """Answer a request; the caller adds the rate limit's headers."""
        if token != f"Bearer {self.token}":
            return problem(401, "Unauthorized", "Unauthorized")
        with self._lock:
            limit = self.limits.get(route_of(path))
            if limit and not limit.take():
                return problem(429, "Too Many Requests", "Too Many Requests")
            refusal = self._out_of_money(route_of(path))
            return refusal or self._routed(path, params)

    def _out_of_money(self, route: str) -> Answer | None:
        if route == "usage":
            return None
        if self.credits is not None and len(self.read_ids) >= self.credits:
            return problem(402, "CreditsDepleted", "Your credits are used up")
        if self.monthly_cap is not None and self.posts_read() >= self.monthly_cap:
            status, body = problem(429, "UsageCapExceeded", "Usage cap exceeded")
            return status, {**body, "period": "Monthly", "scope": "Product"}
        return None

    def _routed(self, path: str, params: dict[str, str]) -> Answer:
        route = route_of(path)
        if route == "timeline":
            return self._timeline(int(path.split("/")[3]), params)
        if path == "/2/users/by":
            return self._users("usernames", params)
        if path == "/2/users":
            return self._users("ids", params)
        if path == "/2/tweets":
            return self._posts(params)
        if route == "usage":
            return self._usage()
        return problem(404, "Not Found", "Not Found")

    def _users(self, asked: str, params: dict[str, str]) -> Answer:
        data, errors = [], []
        for value in params[asked].split(","):
            user = self._find(value)
            if user is None or user.state in {"gone", "suspended"}:
                errors.append(_user_error(value, asked, user))
            else:
                data.append(self._user_body(user, params))
        return 200, _filled(data=data, errors=errors)

    def _find(self, value: str) -> FakeUser | None:
        matches = (
            user
            for user in self.users.values()
            if value == str(user.x_id) or user.handle.lower() == value.lower()
        )
        return next(matches, None)

    def _user_body(self, user: FakeUser, params: dict[str, str]) -> dict[str, Any]:
        self.read_ids.add(("user", user.x_id))
        body = {"id": str(user.x_id), "username": user.handle, "name": user.name}
        wanted = params.get("user.fields", "").split(",")
        extra = {
            "protected": user.state == "protected",
            "description": user.bio,
            "public_metrics": {self._spelt("tweet_count"): len(user.posts)},
        }
        return body | self._chosen(extra, wanted)

    def _chosen(self, fields: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
        return {
            self._spelt(name): value
            for name, value in fields.items()
            if name in wanted and name not in self.withheld and value is not None
        }

    def _spelt(self, name: str) -> str:
        return RENAMED.get(name, name) if self.spelling == "post" else name

    def _timeline(self, x_id: int, params: dict[str, str]) -> Answer:
        user = self.users.get(x_id)
        if user is None or user.state != "active":
            return 200, {"errors": [_timeline_error(x_id, user)]}
        excluded = params.get("exclude", "").split(",")
        window = self._window(user, params, excluded)
        if window is None:
            return problem(400, "Invalid Request", "pagination_token is invalid")
        size = int(params.get("max_results", "10"))
        page, more = window[:size], len(window) > size
        shown = [post for post in page if not _is_excluded(post, excluded)]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if more:
            meta["next_token"] = f"t{page[-1].x_id}"
        if shown:
            newest, oldest = str(shown[0].x_id), str(shown[-1].x_id)
            meta |= {"newest_id": newest, "oldest_id": oldest}
        data = [self._post_body(user, post, params) for post in shown]
        return 200, _filled(data=data) | {"meta": meta}

    def _window(
        self, user: FakeUser, params: dict[str, str], excluded: list[str]
    ) -> list[FakePost] | None:
        """Give the posts that this request and those after it may see, newest first."""
        token = params.get("pagination_token", "t0")
        if not token[1:].isdigit():
            return None
        ids = user.ids()
        depth = self.depth["without replies" if "replies" in excluded else "all"]
        start = max(
            len(ids) - depth, bisect_right(ids, int(params.get("since_id", "0"))), 0
        )
        below = [int(params.get("until_id", "0")), int(token[1:])]
        ends = [bisect_left(ids, x_id) for x_id in below if x_id]
        return user.posts[start : min(ends, default=len(ids))][::-1]

    def _post_body(
        self, user: FakeUser, post: FakePost, params: dict[str, str]
    ) -> dict[str, Any]:
        self.read_ids.add(("post", post.x_id))
        references = [("replied_to", post.reply_to), ("retweeted", post.retweet_of)]
        extra = {
            "created_at": post.posted_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "author_id": str(user.x_id),
            "in_reply_to_user_id": str(user.x_id) if post.reply_to else None,
            "referenced_tweets": [
                {"type": kind, "id": str(x_id)} for kind, x_id in references if x_id
            ]
            or None,
            "note_tweet": {"text": post.long_text} if post.long_text else None,
        }
        versions = [str(x_id) for x_id in post.versions or [post.x_id]]
        return {
            "id": str(post.x_id),
            "text": post.text,
            self._spelt("edit_history_tweet_ids"): versions,
        } | self._chosen(extra, params.get("tweet.fields", "").split(","))

    def _posts(self, params: dict[str, str]) -> Answer:
        owners = {
            post.x_id: user for user in self.users.values() for post in user.posts
        }
        data, errors = [], []
        for value in params["ids"].split(","):
            user = owners.get(int(value))
            if user is None or user.state != "active":
                errors.append(_post_error(value, user))
                continue
            post = user.posts[user.ids().index(int(value))]
            data.append(self._post_body(user, post, params))
        return 200, _filled(data=data, errors=errors)

    def _usage(self) -> Answer:
        data = {
            "project_id": "1",
            "project_usage": str(self.posts_read()),
            "project_cap": str(self.monthly_cap or 2_000_000),
            "cap_reset_day": 8,
        }
        return 200, {"data": data}


def _filled(**parts: list[Any]) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part}


def _is_excluded(post: FakePost, excluded: list[str]) -> bool:
    return ("replies" in excluded and post.reply_to is not None) or (
        "retweets" in excluded and post.retweet_of is not None
    )


def _user_error(value: str, asked: str, user: FakeUser | None) -> dict[str, Any]:
    suspended = user is not None and user.state == "suspended"
    return {
        "value": value,
        "detail": f"User has been suspended: [{value}]."
        if suspended
        else f"Could not find user with {asked}: [{value}].",
        "title": "Forbidden" if suspended else "Not Found Error",
        "resource_type": "user",
        "parameter": asked,
        "resource_id": value,
        "type": f"{PROBLEMS}/resource-not-found",
    }


def _timeline_error(x_id: int, user: FakeUser | None) -> dict[str, Any]:
    if user is None or user.state != "protected":
        return _user_error(str(x_id), "id", user)
    return {
        "resource_id": str(x_id),
        "parameter": "id",
        "resource_type": "user",
        "section": "data",
        "title": "Authorization Error",
        "value": str(x_id),
        "detail": f"Sorry, you are not authorized to see the user with id: [{x_id}].",
        "type": "https://api.x.com/2/problems/not-authorized-for-resource",
    }


def _post_error(value: str, user: FakeUser | None) -> dict[str, Any]:
    hidden = user is not None and user.state == "protected"
    return {
        "value": value,
        "resource_id": value,
        "resource_type": "tweet",
        "parameter": "ids",
        "title": "Authorization Error" if hidden else "Not Found Error",
        "detail": f"Could not find tweet with ids: [{value}].",
        "type": f"{PROBLEMS}/not-authorized-for-resource"
        if hidden
        else f"{PROBLEMS}/resource-not-found",
    }
