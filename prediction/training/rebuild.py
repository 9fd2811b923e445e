"""Builds all signatures that are stale, over several processes, switching versions
at once. It can be killed at any point: what is built stays, the next run goes on."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from django.db import connections

from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.models import Background
from prediction.training import signatures, tweet_features
from tweets.models import User


def _ignore(of: int) -> None:
    """For callers who do not watch the progress."""


def rebuild_stale(jobs: int = 1, on_built: Callable[[int], None] = _ignore) -> int:
    """Builds what is stale, a whole new version where tweets changed much; returns
    how many signatures were built. `on_built` is told how many there are to build.

    Raises NotEnoughUsersError.
    """
    Background.objects.exclude(format=FEATURES_VERSION).delete()
    current = Background.objects.current()
    if current is None or signatures.needs_renewal(current):
        return rebuild_all(jobs, on_built)
    return _build_all(signatures.stale_users(current), current, jobs, on_built)


def rebuild_all(jobs: int = 1, on_built: Callable[[int], None] = _ignore) -> int:
    """Builds a new version aside, going on with one that was begun, and switches.

    Raises NotEnoughUsersError.
    """
    unfinished = Background.objects.filter(is_current=False)
    unfinished.exclude(format=FEATURES_VERSION).delete()
    with tweet_features.once():
        new = Background.objects.in_preparation() or signatures.prepare_background()
        built = _build_all(signatures.stale_users(new), new, jobs, on_built)
    # Users that changed meanwhile are built on demand or by the next run.
    new.switch()
    return built


def rebuild(
    users: Iterable[User], jobs: int = 1, on_built: Callable[[int], None] = _ignore
) -> int:
    """Builds these users' signatures anew, whether stale or not."""
    background = signatures.usable_background()
    return _build_all([user.pk for user in users], background, jobs, on_built)


def _build_all(
    user_ids: list[int],
    background: Background,
    jobs: int,
    on_built: Callable[[int], None],
) -> int:
    work = partial(signatures.build_one, background_id=background.pk)
    built = 0
    if jobs == 1 or len(user_ids) < 2:
        for user_id in user_ids:
            built += work(user_id)
            on_built(len(user_ids))
        return built
    # Read before the fork, the sample lies in memory once for all.
    signatures.sample_of(background.pk)
    # Children must not share our connections.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_end_with_parent
    ) as pool:
        for done in pool.map(work, user_ids):
            built += done
            on_built(len(user_ids))
    return built


def _end_with_parent() -> None:
    """Workers whose parent was killed would wait for work for ever."""
    threading.Thread(target=_await_parent, daemon=True).start()


def _await_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
