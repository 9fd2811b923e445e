"""Predictions among very many users, from an index of all signatures.

The index is a file that is built after a rebuild, or when it is first needed. Until the
next one, users whose tweets changed meanwhile are ranked by what they wrote before; a
user it does not know yet makes it be built anew.
"""

import json
import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from os import SEEK_END
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.group_calibration import (
    GroupCalibration,
    fit_group_calibration,
)
from prediction.engine.calibration.holdout import HoldoutReport, score_holdout_sample
from prediction.engine.calibration.metrics import ReliabilityBin
from prediction.engine.calibration.none_of_these import Verification
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.models.group import Group
from prediction.engine.models.large_group import LargeGroup
from prediction.engine.models.linear import LinearModel
from prediction.engine.models.ranking import RankingIndex
from prediction.engine.models.signature import Holdout
from prediction.engine.models.signature import Signature as Model
from prediction.models import Background, Signature
from prediction.serving.index_files import drop_others, path_of, replacing
from prediction.training import backgrounds, signatures
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

logger = logging.getLogger(__name__)

# Goes up when what is stored beside the index changes its meaning.
FORMAT = 5
CALIBRATION_TWEETS = 1_000
AT_ONCE = 50
LENGTH_BYTES = 8

Pair = Callable[[int, int], Group]


class Index(NamedTuple):
    """The index file: column of each user's id, and log-odds of each column."""

    version: Hashable
    ranking: RankingIndex
    column: dict[int, int]
    odds: NDArray[np.float64]
    calibration: GroupCalibration


def large_group(
    users: Sequence[User], weighting: Callable[[int], IdfWeighting], pair: Pair
) -> tuple[LargeGroup, Hashable]:
    """Compose a group of many users.

    `pair` composes the two members at some positions, to explain an answer. Also
    returns what identifies the group and this state of the index.
    """
    background = backgrounds.usable_background()
    index = _index(background)
    if any(user.pk not in index.column for user in users):
        build_index(background)
        index = _index(background)
    columns = np.array([index.column[user.pk] for user in users])
    group = LargeGroup(
        index.ranking,
        columns,
        index.odds[columns],
        weighting(background.pk),
        index.calibration,
        pair,
    )
    return group, (index.version, columns.tobytes())


def build_index(background: Background) -> None:
    """Writes the index of all signatures of this version, building missing ones."""
    features = TweetFeatures()
    for user_id in signatures.stale_users(background):
        signatures.build_one(user_id, background.pk, features)
    rows = Signature.objects.filter(background=background).order_by("pk")
    keys = list(rows.values_list("pk", "user_id"))
    path = _path(background)
    models = _Stored([pk for pk, _ in keys])
    odds: list[tuple[float, float]] = []
    with replacing(path) as own:
        RankingIndex.write(own, _noting_odds(models, odds))
        sample = score_holdout_sample(_Holdouts(models), len(keys), CALIBRATION_TWEETS)
        about = {
            "users": [user_id for _, user_id in keys],
            "odds": odds,
            "calibration": asdict(fit_group_calibration(sample)),
        }
        _append(own, about)
    _opened.cache_clear()
    drop_others(path, "everyone-*")


def is_built(background: Background) -> bool:
    """Whether the index of this version lies ready."""
    return _path(background).exists()


def _index(background: Background) -> Index:
    path = _path(background)
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        logger.info("The index of all signatures is written.")
    except (DamagedModelError, KeyError, TypeError, ValueError, OSError):
        logger.exception("The index of all signatures is damaged and written anew.")
    build_index(background)
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int) -> Index:
    about = _appended(path)
    return Index(
        (path, changed),
        RankingIndex.open(path),
        {user_id: column for column, user_id in enumerate(about["users"])},
        np.array(about["odds"]),
        _calibration(about["calibration"]),
    )


def _append(path: Path, about: dict[str, Any]) -> None:
    """Adds what else is to be known of an index to its file, and how long that is."""
    told = json.dumps(about).encode()
    with path.open("ab") as file:
        file.write(told + len(told).to_bytes(LENGTH_BYTES, "little"))


def _appended(path: Path) -> dict[str, Any]:
    """Raises ValueError or OSError where the file is damaged."""
    with path.open("rb") as file:
        file.seek(-LENGTH_BYTES, SEEK_END)
        length = int.from_bytes(file.read(), "little")
        file.seek(-LENGTH_BYTES - length, SEEK_END)
        about: dict[str, Any] = json.loads(file.read(length))
    return about


def _calibration(stored: dict[str, Any]) -> GroupCalibration:
    report = stored["report"]
    report["bins"] = tuple(ReliabilityBin(**found) for found in report["bins"])
    report["confusion"] = ()
    return GroupCalibration(
        stored["temperature"],
        stored["threshold"],
        Verification(**stored["verification"]),
        HoldoutReport(**report),
    )


def _path(background: Background) -> Path:
    return path_of(f"everyone-{FORMAT}-{background.file_stem}.index")


def _noting_odds(
    models: "_Stored", odds: list[tuple[float, float]]
) -> Iterator[LinearModel]:
    for model in models:
        odds.append((model.platt.slope, model.platt.intercept))
        yield model.model


class _Stored:
    """Signatures in the order of their keys, read a few at a time at every pass."""

    def __init__(self, keys: list[int]) -> None:
        self.keys = keys

    def __iter__(self) -> Iterator[Model]:
        for start in range(0, len(self.keys), AT_ONCE):
            part = self.keys[start : start + AT_ONCE]
            rows = {
                pk: (bytes(model), bytes(held_out))
                for pk, model, held_out in Signature.objects.filter(
                    pk__in=part
                ).values_list("pk", "model", "held_out")
            }
            yield from (Model.from_bytes(*rows[pk]) for pk in part)


class _Holdouts:
    """The holdout of each, which can be iterated again and again."""

    def __init__(self, models: _Stored) -> None:
        self.models = models

    def __iter__(self) -> Iterator[Holdout]:
        return (cast("Holdout", model.holdout) for model in self.models)
