"""Rebuilds stale signatures over several processes and switches versions at once.

A rebuild may be killed at any point: what is built stays, and the next run goes on.
"""

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor

from django.db import connections

from prediction.engine.errors import DamagedModelError
from prediction.models import Background
from prediction.training.backgrounds import (
    discard_unreadable,
    load_sample,
    needs_renewal,
    next_background,
    usable_background,
)
from prediction.training.signatures import build_one, build_stale, stale_users
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

logger = logging.getLogger(__name__)

OnBuilt = Callable[[int], None]
BeforeSwitch = Callable[[Background], None]
Build = Callable[[int, int, TweetFeatures], bool]


def _no_progress(total: int) -> None:
    """For callers who do not watch the progress."""


def _nothing(background: Background) -> None:
    """For callers who have nothing to do before a switch."""


def rebuild_stale(
    jobs: int = 1,
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
        return rebuild_all(jobs, on_built, before_switch)
    stale = stale_users(current)
    try:
        return _build_all(build_stale, stale, current, features, jobs, on_built)
    except DamagedModelError:
        logger.exception("The background is damaged; preparing a new one.")
        return rebuild_all(jobs, on_built, before_switch)


def rebuild_all(
    jobs: int = 1,
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
    built = _build_all(build_stale, stale, new, features, jobs, on_built)
    before_switch(new)
    # Users that changed meanwhile are built on demand or by the next run.
    new.switch()
    return built


def rebuild(
    users: Iterable[User], jobs: int = 1, on_built: OnBuilt = _no_progress
) -> int:
    """Build these users' signatures anew, whether stale or not."""
    features = TweetFeatures()
    background = usable_background(features)
    ids = [user.pk for user in users]
    return _build_all(build_one, ids, background, features, jobs, on_built)


def _build_all(
    build: Build,
    user_ids: list[int],
    background: Background,
    features: TweetFeatures,
    jobs: int,
    on_built: OnBuilt,
) -> int:
    built = 0
    if jobs == 1 or len(user_ids) < 2:
        for user_id in user_ids:
            built += build(user_id, background.pk, features)
            on_built(len(user_ids))
        return built
    # Loaded before the fork, the sample lies in memory once for all processes.
    load_sample(background.pk)
    # Children must not share our connections.
    connections.close_all()
    with ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("fork"),
        initializer=_Process.begin,
        initargs=(build, background.pk, features),
    ) as pool:
        for done in pool.map(_Process.build, user_ids):
            built += done
            on_built(len(user_ids))
    return built


class _Process:
    """A process of the pool. What it builds from comes over with the fork: sending it
    along with each task would copy some 50 MB."""

    build_one: Build
    background_id: int
    features: TweetFeatures

    @classmethod
    def begin(cls, build: Build, background_id: int, features: TweetFeatures) -> None:
        cls.build_one = staticmethod(build)
        cls.background_id, cls.features = background_id, features
        # Without this, workers whose parent was killed would wait for work for ever.
        threading.Thread(target=_exit_with_parent, daemon=True).start()

    @classmethod
    def build(cls, user_id: int) -> bool:
        return cls.build_one(user_id, cls.background_id, cls.features)


def _exit_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
