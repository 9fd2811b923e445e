"""Reads one user's timeline from X into the database, page by page.

Every page is stored in one transaction together with what is still unread below it (a
Gap). So a run may be killed at any point: the next one reads what is newer, and then
the gaps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.db import transaction

from tweets.models import Gap, User
from tweets.store import identity, ingest
from tweets.x.api.responses import Page
from tweets.x.api.sizes import MAX_PAGE, MIN_PAGE
from tweets.x.following import STATUSES
from tweets.x.session import Session


class TimelineReader:
    """Reads the timeline of one user, and counts posts read and tweets stored."""

    def __init__(
        self,
        session: Session,
        user: User,
        on_page: Callable[[User, Page, int], None] = lambda user, page, stored: None,
    ) -> None:
        self.session = session
        self.user = user
        self.on_page = on_page
        self.posts_read = 0
        self.stored = 0

    def read(self) -> None:
        """Read what is newer than all that is stored, then the gaps.

        Sets the user's status, unsaved. Raises XError or Stopped between two pages.
        """
        newest = self.user.newest_x_id or 0
        oldest_wanted = identity.position(None, self.session.limits.since)
        self._read(Window(above=max(newest, oldest_wanted), below=None))
        for gap in self.user.gaps.order_by("-below"):
            self._read(Window(gap.above, gap.below, gap))

    def _read(self, window: "Window") -> None:
        token = None
        while True:
            page = self._page(window, token)
            self.user.status = STATUSES[page.status]
            if self.user.status != User.Status.ACTIVE:
                return
            self._store(page, window)
            token = page.next_token
            if token is None:
                return

    def _page(self, window: "Window", token: str | None) -> Page:
        x_id = cast("int", self.user.x_id)  # set when the user was looked up
        return self.session.read(
            lambda size: self.session.client.timeline_page(
                x_id,
                since_id=window.above or None,
                until_id=window.asked_below,
                pagination_token=token,
                max_results=size,
                include_replies=self.session.limits.include_replies,
            ),
            MAX_PAGE,
            MIN_PAGE,
        )

    def _store(self, page: Page, window: "Window") -> None:
        with transaction.atomic():
            stored = ingest.store_page(
                self.user, page.records, self.session.limits.include_replies
            )
            window.shrink(self.user, page)
        self.posts_read += page.posts_read
        self.stored += stored
        self.on_page(self.user, page, stored)


@dataclass
class Window:
    """A stretch of a timeline that is read from its newest post downwards.

    The part below the last stored page is kept in the database as a Gap, so that the
    next run knows it after a crash.
    """

    above: int
    below: int | None
    gap: Gap | None = None

    def __post_init__(self) -> None:
        # Pages after the first must be requested with the bounds of the first.
        self.asked_below = self.below

    def shrink(self, user: User, page: Page) -> None:
        """Take a stored page off the window; call it in the page's transaction."""
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
