"""A session with the X API: its budget, its waits for rate limits, its counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import accumulate
from typing import Protocol, TypeVar

from tweets.x import budget
from tweets.x.api.client import XClient
from tweets.x.api.errors import XError, XErrorKind
from tweets.x.rate_limit_wait import RateLimitWait

Answer = TypeVar("Answer")


class CountsPosts(Protocol):
    """An answer that says how many posts X charges for."""

    @property
    def posts_read(self) -> int: ...


Reading = TypeVar("Reading", bound=CountsPosts)


class Stopped(Exception):  # noqa: N818 - a stop was asked for, which is no error
    """The run ends early, between two requests; nothing is lost."""


class LimitReached(Stopped):
    """Everything was read that a limit or a budget allows, as was asked for."""


@dataclass(frozen=True)
class Limits:
    """What a run reads: at most so many posts, only posts since then, with replies."""

    max_posts: int | None = None
    since: datetime | None = None
    include_replies: bool = False


class Session:
    """Sends requests within the limits; counts requests, and posts and users read."""

    def __init__(
        self,
        client: XClient,
        wait: RateLimitWait | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.client = client
        self.wait = wait or RateLimitWait()
        self.limits = limits or Limits()
        self.requests = 0
        self.posts_read = 0
        self.users_read: set[int] = set()

    def ask(self, request: Callable[[], Answer]) -> Answer:
        """Send a request; if X's rate limit is reached, wait and send it again.

        Raises XError where X gives no usable answer or the wait would be too long.
        """
        while True:
            self.requests += 1
            try:
                answer = request()
            except XError as error:
                if error.kind != XErrorKind.RATE_LIMITED:
                    raise
                if not self.wait.until(error.reset_at):
                    self._stop_if_asked()
                    raise
            else:
                self.wait.succeeded()
                return answer

    def read(
        self, request: Callable[[int], Reading], most: int, fewest: int
    ) -> Reading:
        """Send a request for at most so many posts, as far as the limits allow.

        Raises Stopped on a stop, and LimitReached if fewer than `fewest` may still be
        read. Where X may have answered, but no answer came, all of them count as read.
        """
        self.require(fewest)
        try:
            with budget.reserved(self._at_most(most), fewest) as reservation:
                return self._read(request, reservation)
        except budget.BudgetSpentError as error:
            raise LimitReached(str(error)) from None

    def _read(
        self, request: Callable[[int], Reading], reservation: budget.Reservation
    ) -> Reading:
        try:
            answer = self.ask(partial(request, reservation.posts))
            reservation.used = answer.posts_read
        except XError as error:
            reservation.used = reservation.posts if error.may_cost else 0
            raise
        finally:
            self.posts_read += reservation.used
        return answer

    def count_users(self, x_ids: Iterable[int]) -> None:
        """Count users whom X charges for, each once."""
        new = set(x_ids) - self.users_read
        self.users_read |= new
        budget.count_users(len(new))

    def affordable(self, posts: Sequence[int]) -> int:
        """Return how many users the limits allow to begin with, given how many posts
        each of them has, in this order. Looking up the others would be for nothing."""
        left = self.left()
        if left is None:
            return len(posts)
        for begun, until_then in enumerate(accumulate(posts), 1):
            if until_then >= left:
                return begun
        return len(posts)

    def left(self) -> int | None:
        """Return how many posts may still be read; None without a limit."""
        left = budget.spent().left()
        if self.limits.max_posts is None:
            return left
        own = self.limits.max_posts - self.posts_read
        return own if left is None else min(own, left)

    def require(self, posts: int) -> None:
        """Raise Stopped on a stop, and LimitReached if fewer posts may be read."""
        self._stop_if_asked()
        if self._at_most(posts) < posts:
            raise LimitReached(
                f"--max-posts is reached: {self.posts_read:,} posts were read, and the "
                f"next request reads at least {posts}."
            )
        now = budget.spent()
        left = now.left()
        if left is not None and left < posts:
            raise LimitReached(now.why_spent())

    def _at_most(self, posts: int) -> int:
        if self.limits.max_posts is None:
            return posts
        return min(posts, self.limits.max_posts - self.posts_read)

    def _stop_if_asked(self) -> None:
        if self.wait.stopped:
            raise Stopped("Stopped as requested. The next run continues from here.")
