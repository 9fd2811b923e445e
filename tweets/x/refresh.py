"""Refreshes users from X: looks their profiles up and reads their timelines."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from common.audit import Tally
from tweets.models import Fetch, User, UserQuerySet
from tweets.store import changes
from tweets.store.erasure import (
    OptedOutError,
    UserGoneError,
    erase_and_opt_out,
    require_storable,
)
from tweets.x import costs, leases
from tweets.x.api.errors import XError, XErrorKind
from tweets.x.api.responses import Page
from tweets.x.api.sizes import MAX_LOOK_UP, MIN_PAGE
from tweets.x.following import SameUserError, apply_look_up, look_up
from tweets.x.idle import why_not_refreshed
from tweets.x.session import LimitReached, Session, Stopped
from tweets.x.takeover import Takeover
from tweets.x.timeline import TimelineReader

# Hosts that start together share one round, though they start some seconds apart.
SAME_ROUND = timedelta(minutes=1)
# So many failures in a row mean that X is down, not that these users are special.
GIVE_UP_AFTER = 5
ENDS_THE_RUN = {
    XErrorKind.UNAUTHORIZED,
    XErrorKind.FORBIDDEN,
    XErrorKind.CREDITS,
    XErrorKind.MONTHLY_CAP,
    XErrorKind.MISSING_FIELD,
    XErrorKind.RATE_LIMITED,
}


@dataclass
class RefreshReport:
    """The result of a run.

    `looked_up` counts the users whom X charges for: each once a day.
    `statuses` counts users whom X does not show; `ended_early` says why the run ended
    before its last user, `limit_reached` that this was a limit or a budget. `left`
    counts users whom another run refreshes; `nothing_to_do` says why nobody was.
    """

    users: int = 0
    looked_up: int = 0
    posts_read: int = 0
    stored: int = 0
    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    ended_early: str = ""
    limit_reached: bool = False
    left: int = 0
    nothing_to_do: str = ""

    @property
    def failed(self) -> bool:
        """Whether anything went wrong; a limit that was reached did as it was asked."""
        return bool(self.failures or (self.ended_early and not self.limit_reached))

    @property
    def cost(self) -> float:
        """The approximate cost of the run in dollars."""
        return costs.price(self.looked_up, self.posts_read)

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
            "left_to_others": self.left,
            "nothing_to_do": self.nothing_to_do,
        }


class Watcher:
    """Progress callbacks of a run; these do nothing."""

    def user_done(self, user: User) -> None: ...

    def page_stored(self, user: User, page: Page, stored: int) -> None: ...

    def waiting(self, why: str) -> None: ...


class Refresh:
    """One run over some users, least recently refreshed first."""

    def __init__(self, session: Session, watcher: Watcher | None = None) -> None:
        self.session = session
        self.watcher = watcher or Watcher()
        self.report = RefreshReport()
        self._failed_in_a_row = 0
        self._tally = Tally("refreshed from X")

    def run(
        self, users: UserQuerySet, not_since: datetime | None = None
    ) -> RefreshReport:
        """Refresh the users that no process has refreshed since `not_since`.

        `not_since` is the start of this round unless given.
        """
        due = _due(users, not_since or timezone.now() - SAME_ROUND)
        takeover = Takeover(self.session.wait, self.watcher.waiting)
        try:
            for lease in leases.in_turn(due, MAX_LOOK_UP, takeover):
                self._refresh_batch(lease)
        except XError as error:
            self.report.ended_early = error.message + self._reset_of_the_cap(error)
        except Stopped as reason:
            self.report.ended_early = str(reason)
            self.report.limit_reached = isinstance(reason, LimitReached)
        self.report.left = takeover.left
        self.report.looked_up = len(self.session.users_read)
        self.report.requests = self.session.requests
        if not (self.report.requests or self.report.ended_early):
            self.report.nothing_to_do = why_not_refreshed(users, takeover.left)
        return self.report

    def _reset_of_the_cap(self, error: XError) -> str:
        if error.kind != XErrorKind.MONTHLY_CAP:
            return ""
        try:
            day = self.session.client.usage().cap_reset_day
        except XError:
            return ""
        return f" It is reset on day {day} of the month." if day else ""

    def _refresh_batch(self, lease: leases.Lease) -> None:
        users = lease.users
        while users:
            self.session.require(MIN_PAGE)
            begun = self.session.affordable([self._most_posts(user) for user in users])
            self._refresh_some(lease, users[:begun])
            users = users[begun:]

    def _most_posts(self, user: User) -> int:
        """Return how many posts of a user may be unread: few of one who was read."""
        is_new = user.newest_x_id is None
        return costs.shown(user, self.session.limits) if is_new else 1

    def _refresh_some(self, lease: leases.Lease, users: list[User]) -> None:
        found = look_up(self.session, users)
        for user in users:
            self.session.require(MIN_PAGE)
            if not lease.holds(user):
                continue
            try:
                apply_look_up(user, found)
                self._refresh_user(user)
            except SameUserError as error:
                self.report.failures[user.handle] = str(error)
            except UserGoneError:
                self.report.statuses["erased or merged meanwhile"] += 1
            except OptedOutError:
                self._take_out(user)
            self.watcher.user_done(user)

    def _take_out(self, user: User) -> None:
        """Erase somebody who has opted out, under this name or another."""
        self.report.statuses["opted out"] += 1
        if stored := User.objects.filter(pk=user.pk).first():
            erase_and_opt_out(stored)

    def _refresh_user(self, user: User) -> None:
        fetch = self._begin(user)
        reader = TimelineReader(self.session, user, self.watcher.page_stored)
        try:
            self._read(reader, user)
            fetch.outcome = Fetch.Outcome.DONE
        except (UserGoneError, OptedOutError) as reason:
            fetch.outcome, fetch.message = Fetch.Outcome.STOPPED, str(reason)
            raise
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
            fetch.posts_read, fetch.tweets_stored = reader.posts_read, reader.stored
            fetch.finished_at = timezone.now()
            self._finish(fetch)
            self.report.posts_read += reader.posts_read
            self.report.stored += reader.stored
            if reader.stored:
                changes.finish([user.pk])

    @transaction.atomic
    def _begin(self, user: User) -> Fetch:
        fetch = _begin(user)
        self._tally.add(users=1)
        return fetch

    @transaction.atomic
    def _finish(self, fetch: Fetch) -> None:
        _finish(fetch)
        self._tally.add(posts_read=fetch.posts_read, tweets=fetch.tweets_stored)

    def _read(self, reader: TimelineReader, user: User) -> None:
        if user.status == User.Status.ACTIVE:
            reader.read()
        if user.status != User.Status.ACTIVE:
            self.report.statuses[user.status] += 1
        with transaction.atomic():
            require_storable(user.pk)
            user.refreshed_at = timezone.now()
            user.save(update_fields=["refreshed_at"])
            User.objects.note_status(user.pk, user.status)
        self.report.users += 1


def _due(users: UserQuerySet, not_since: datetime) -> UserQuerySet:
    """Select users that were not refreshed since then, the longest ago first."""
    due = users.filter(Q(refreshed_at=None) | Q(refreshed_at__lt=not_since))
    return due.order_by(F("refreshed_at").asc(nulls_first=True), "pk")


def _begin(user: User) -> Fetch:
    require_storable(user.pk)
    user.fetches.filter(outcome=Fetch.Outcome.RUNNING).update(
        outcome=Fetch.Outcome.STOPPED, message="The process was ended."
    )
    return Fetch.objects.create(user=user)


def _finish(fetch: Fetch) -> None:
    """Store the result, unless the fetch was deleted along with its user, or moved to
    the user into whom this one was merged."""
    changed = ("outcome", "message", "posts_read", "tweets_stored", "finished_at")
    Fetch.objects.filter(pk=fetch.pk).update(
        **{field: getattr(fetch, field) for field in changed}
    )
