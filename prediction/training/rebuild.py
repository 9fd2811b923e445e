"""Rebuilds stale signatures by several processes and switches versions at once.

A rebuild may be killed at any point: what is built stays, and the next run goes on.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from prediction.engine.errors import DamagedModelError
from prediction.models import Background
from prediction.training.backgrounds import (
    discard_unreadable,
    needs_renewal,
    next_background,
    usable_background,
)
from prediction.training.local_processes import LocalProcesses
from prediction.training.signatures import (
    Build,
    build_one,
    build_stale,
    stale_users,
)
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

logger = logging.getLogger(__name__)

OnBuilt = Callable[[int], None]
BeforeSwitch = Callable[[Background], None]


class Builders(Protocol):
    """Who builds: processes of this machine, or workers of a cluster."""

    def each(
        self,
        build: Build,
        user_ids: list[int],
        background_id: int,
        features: TweetFeatures,
    ) -> Iterable[bool]:
        """Build each user's signature and store it; yield of each, as they are
        done, whether the user has enough tweets."""


HERE = LocalProcesses()


def _no_progress(total: int) -> None:
    """For callers who do not watch the progress."""


def _nothing(background: Background) -> None:
    """For callers who have nothing to do before a switch."""


def rebuild_stale(
    builders: Builders = HERE,
    on_built: OnBuilt = _no_progress,
    before_switch: BeforeSwitch = _nothing,
) -> int:
    """Build what is stale, or a whole new version where tweets changed much.

    Returns how many signatures were built. `on_built` is called after each with how
    many there are to build. Raises NotEnoughUsersError.
    """
    discard_unreadable()
    features = TweetFeatures()
    # Nobody can be asked about before there is one, so the first is in use at once.
    current = usable_background(features)
    if needs_renewal(current):
        return rebuild_all(builders, on_built, before_switch)
    stale = stale_users(current)
    try:
        return _build_all(build_stale, stale, current, features, builders, on_built)
    except DamagedModelError:
        logger.exception("The background is damaged; preparing a new one.")
        return rebuild_all(builders, on_built, before_switch)


def rebuild_all(
    builders: Builders = HERE,
    on_built: OnBuilt = _no_progress,
    before_switch: BeforeSwitch = _nothing,
) -> int:
    """Build a new version beside the one in use, or finish one that was begun, and
    switch to it.

    Raises NotEnoughUsersError.
    """
    discard_unreadable()
    features = TweetFeatures()
    new = next_background(features)
    stale = stale_users(new)
    built = _build_all(build_stale, stale, new, features, builders, on_built)
    before_switch(new)
    # Users that changed meanwhile are built on demand or by the next run.
    new.switch()
    return built


def rebuild(
    users: Iterable[User],
    builders: Builders = HERE,
    on_built: OnBuilt = _no_progress,
) -> int:
    """Build these users' signatures anew, whether stale or not."""
    features = TweetFeatures()
    background = usable_background(features)
    ids = [user.pk for user in users]
    return _build_all(build_one, ids, background, features, builders, on_built)


def _build_all(
    build: Build,
    user_ids: list[int],
    background: Background,
    features: TweetFeatures,
    builders: Builders,
    on_built: OnBuilt,
) -> int:
    built = 0
    for done in builders.each(build, user_ids, background.pk, features):
        built += done
        on_built(len(user_ids))
    return built
