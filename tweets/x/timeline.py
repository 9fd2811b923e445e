"""Reads timelines from X into the database, page by page.

Every page is stored in a transaction of its own, together with what is then still
unread below it (a Gap). So a run may be killed at any point: the next one reads what is
newer, closes the gaps, and stops at known ground.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from django.db import transaction
from django.utils import timezone

from tweets.models import Fetch, Gap, User, UserQuerySet
from tweets.store import changes, identity, ingest
from tweets.x import leases, prices
from tweets.x.api.client import MAX_LOOK_UP, MAX_PAGE, MIN_PAGE, XClient
from tweets.x.api.errors import XError, XErrorKind
from tweets.x.api.responses import Page, UserLookUp
from tweets.x.profiles import STATUSES, SameUserError, apply_look_up
from tweets.x.rate_limit_wait import Waiting

# Hosts that start together share one round, though their starts are seconds apart.
SAME_ROUND = timedelta(minutes=1)
# So many users in a row failing means that X is down, not that they are special.
GIVE_UP_AFTER = 5
ENDS_THE_RUN = {
    XErrorKind.UNAUTHORIZED,
    XErrorKind.FORBIDDEN,
    XErrorKind.CREDITS,
    XErrorKind.MONTHLY_CAP,
    XErrorKind.MISSING_FIELD,
    XErrorKind.RATE_LIMITED,
}
Answer = TypeVar("Answer")


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked for it
    """The run ends early, between pages; nothing is lost."""


@dataclass
class Limits:
    """What a run may spend, and what it reads."""

    max_posts: int | None = None
    since: datetime | None = None
    include_replies: bool = False


@dataclass
class RefreshReport:
    """What a run did. `statuses` counts users whom X does not show."""

    users: int = 0
    posts_read: int = 0
    stored: int = 0
    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    ended_early: str = ""

    @property
    def cost(self) -> float:
        """About what the run cost, in dollars."""
        return self.posts_read * prices.POST + self.users * prices.USER

    def as_json(self) -> dict[str, Any]:
        return {
            "users": self.users,
            "posts_read": self.posts_read,
            "stored": self.stored,
            "requests": self.requests,
            "cost": round(self.cost, 3),
            "statuses": dict(self.statuses),
            "failures": self.failures,
            "ended_early": self.ended_early,
        }


class Watcher:
    """Hears how a run goes on; does nothing by itself."""

    def user_done(self, user: User) -> None: ...

    def page_stored(self, user: User, page: Page, stored: int) -> None: ...


class Refresh:
    """One run over some users, least recently refreshed first."""

    def __init__(
        self,
        client: XClient,
        waiting: Waiting | None = None,
        limits: Limits | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        self.client = client
        self.waiting = waiting or Waiting()
        self.limits = limits or Limits()
        self.watcher = watcher or Watcher()
        self.report = RefreshReport()
        self._failed_in_a_row = 0

    def run(
        self, users: UserQuerySet, not_since: datetime | None = None
    ) -> RefreshReport:
        """Refreshes those that nobody has refreshed since then (by default, in this
        round). What stopped the whole run is told in `report.ended_early`."""
        not_since = not_since or timezone.now() - SAME_ROUND
        try:
            for batch in leases.in_turn(users, not_since, MAX_LOOK_UP):
                try:
                    self._refresh_batch(batch)
                finally:
                    leases.release(batch)
        except XError as error:
            self.report.ended_early = error.message + self._when_the_cap_ends(error)
        except Stopped as reason:
            self.report.ended_early = str(reason)
        return self.report

    def _when_the_cap_ends(self, error: XError) -> str:
        if error.kind != XErrorKind.MONTHLY_CAP:
            return ""
        try:
            day = self.client.usage().cap_reset_day
        except XError:
            return ""
        return f" It starts anew on day {day} of the month." if day else ""

    def _refresh_batch(self, batch: list[User]) -> None:
        self._pause()
        found = self._look_up(batch)
        for user in batch:
            self._pause()
            leases.keep(batch)
            try:
                apply_look_up(user, found)
            except SameUserError as error:
                self.report.failures[user.handle] = str(error)
            else:
                self._refresh_user(user)
            self.watcher.user_done(user)

    def _look_up(self, batch: list[User]) -> UserLookUp:
        ids = [user.x_id for user in batch if user.x_id is not None]
        handles = [user.handle for user in batch if user.x_id is None]
        answers = []
        if ids:
            answers.append(self.ask(partial(self.client.look_up_users_by_id, ids)))
        if handles:
            answers.append(self.ask(partial(self.client.look_up_users, handles)))
        return UserLookUp(
            [record for answer in answers for record in answer.found],
            {key: why for answer in answers for key, why in answer.missing.items()},
        )

    def _refresh_user(self, user: User) -> None:
        user.fetches.filter(outcome=Fetch.Outcome.RUNNING).update(
            outcome=Fetch.Outcome.STOPPED, message="The process was ended."
        )
        fetch = Fetch.objects.create(user=user)
        read_before, stored_before = self.report.posts_read, self.report.stored
        try:
            self._read_timeline(user)
            fetch.outcome = Fetch.Outcome.DONE
        except Stopped as reason:
            fetch.outcome, fetch.message = Fetch.Outcome.STOPPED, str(reason)
            raise
        except XError as error:
            fetch.outcome, fetch.message = Fetch.Outcome.FAILED, error.message
            self.report.failures[user.handle] = error.message
            self._failed_in_a_row += 1
            if error.kind in ENDS_THE_RUN or self._failed_in_a_row == GIVE_UP_AFTER:
                raise
        else:
            self._failed_in_a_row = 0
        finally:
            fetch.posts_read = self.report.posts_read - read_before
            fetch.tweets_stored = self.report.stored - stored_before
            fetch.finished_at = timezone.now()
            fetch.save()
            if fetch.tweets_stored:
                changes.finish([user.pk])

    def _read_timeline(self, user: User) -> None:
        """Reads what is newer than all that is known, then what gaps were left."""
        if user.status == User.Status.ACTIVE:
            self._read_windows(user)
        if user.status != User.Status.ACTIVE:
            self.report.statuses[user.status] += 1
        user.refreshed_at = timezone.now()
        user.save(update_fields=["refreshed_at", "status"])
        self.report.users += 1

    def _read_windows(self, user: User) -> None:
        newest = user.newest_x_id or 0
        floor = identity.position(None, self.limits.since)
        self._read_window(user, Window(above=max(newest, floor), below=None))
        for gap in user.gaps.order_by("-below"):
            self._read_window(user, Window(gap.above, gap.below, gap))

    def _read_window(self, user: User, window: "Window") -> None:
        token = None
        while True:
            page = self._page(user, window, token)
            user.status = STATUSES[page.status]
            if user.status != User.Status.ACTIVE:
                return
            self._store(user, page, window)
            token = page.next_token
            if token is None:
                return
            self._pause()

    def _page(self, user: User, window: "Window", token: str | None) -> Page:
        x_id, size = cast("int", user.x_id), self._page_size()  # looked up before
        return self.ask(
            lambda: self.client.timeline_page(
                x_id,
                since_id=window.above or None,
                until_id=window.asked_below,
                pagination_token=token,
                max_results=size,
                include_replies=self.limits.include_replies,
            )
        )

    def _store(self, user: User, page: Page, window: "Window") -> None:
        with transaction.atomic():
            stored = ingest.store_page(user, page.records, self.limits.include_replies)
            window.shrink(user, page)
        self.report.posts_read += page.posts_read
        self.report.stored += stored
        self.watcher.page_stored(user, page, stored)

    def ask(self, request: Callable[[], Answer]) -> Answer:
        """Asks X, waiting for its rate limit as long as the run may."""
        while True:
            self.report.requests += 1
            try:
                answer = request()
            except XError as error:
                if error.kind != XErrorKind.RATE_LIMITED:
                    raise
                if not self.waiting.until(error.reset_at):
                    self._stop_if_asked()
                    raise
            else:
                self.waiting.succeeded()
                return answer

    def within_budget(self, ids: list[int]) -> list[int]:
        """As many of these posts as may still be read; Stopped if that is none."""
        self._stop_if_asked()
        if self._left() < 1:
            raise Stopped("--max-posts is reached.")
        return ids[: self._left()]

    def _pause(self) -> None:
        """Where a run may end: between pages."""
        self._stop_if_asked()
        if self._left() < MIN_PAGE:
            raise Stopped(
                f"{self.report.posts_read:,} posts were read, and X gives no fewer "
                f"than {MIN_PAGE} at a time: --max-posts is reached."
            )

    def _stop_if_asked(self) -> None:
        if self.waiting.stopped:
            raise Stopped("Stopped, as asked. The next run goes on from here.")

    def _left(self) -> int:
        if self.limits.max_posts is None:
            return MAX_PAGE
        return self.limits.max_posts - self.report.posts_read

    def _page_size(self) -> int:
        return min(self._left(), MAX_PAGE)


@dataclass
class Window:
    """A stretch of a timeline that is being read from its newest post downwards.

    What is unread below the last stored page stands in the database as a Gap, so that
    it is known after a crash.
    """

    above: int
    below: int | None
    gap: Gap | None = None

    def __post_init__(self) -> None:
        # Pages after the first must be asked for with the bounds of the first.
        self.asked_below = self.below

    def shrink(self, user: User, page: Page) -> None:
        """Notes that this page is stored: call it in the page's transaction."""
        if page.oldest_id is not None:
            self.below = page.oldest_id
        if page.newest_id is not None and page.newest_id > (user.newest_x_id or 0):
            user.newest_x_id = page.newest_id
            user.save(update_fields=["newest_x_id"])
        if (
            page.next_token is None
            or self.below is None
            or self.below <= self.above + 1
        ):
            self._close()
        elif self.gap is None:
            self.gap = Gap.objects.create(user=user, above=self.above, below=self.below)
        else:
            self.gap.below = self.below
            self.gap.save(update_fields=["below"])

    def _close(self) -> None:
        if self.gap is not None and self.gap.pk is not None:
            self.gap.delete()
            self.gap = None
