"""Builds signatures by processes of this machine."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from django.db import connections

from common.jobs.parents import exit_with_parent
from prediction.training.backgrounds import load_sample
from prediction.training.signatures import Build
from prediction.training.tweet_features import TweetFeatures


class LocalProcesses:
    """So many processes, or this one alone."""

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs

    def each(
        self,
        build: Build,
        user_ids: list[int],
        background_id: int,
        features: TweetFeatures,
    ) -> Iterator[bool]:
        """Yield whether each user has enough tweets, in their order."""
        if self.jobs == 1 or len(user_ids) < 2:
            for user_id in user_ids:
                yield build(user_id, background_id, features)
            return
        # Loaded before the fork, the sample lies in memory once for all processes.
        load_sample(background_id)
        # Children must not share our connections.
        connections.close_all()
        with ProcessPoolExecutor(
            self.jobs,
            mp_context=multiprocessing.get_context("fork"),
            initializer=_Process.begin,
            initargs=(build, background_id, features),
        ) as pool:
            yield from pool.map(_Process.build, user_ids)


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
        exit_with_parent()

    @classmethod
    def build(cls, user_id: int) -> bool:
        return cls.build_one(user_id, cls.background_id, cls.features)
