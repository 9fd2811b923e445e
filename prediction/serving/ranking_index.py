"""Predictions among very many users, from an index of all signatures.

The index is a file that is built after a rebuild, or when it is first needed. Until the
next one, users whose tweets changed meanwhile are ranked by what they wrote before; a
user it does not know yet makes it be built anew.
"""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from os import SEEK_END
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.calibration import Somebody
from prediction.engine.calibration.group_calibration import Measured
from prediction.engine.calibration.held_out import HeldOutReport
from prediction.engine.calibration.metrics import ReliabilityBin
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import Weighting
from prediction.engine.models.group import Group
from prediction.engine.models.large_group import LargeGroup, measure_sample
from prediction.engine.models.linear import LinearModel
from prediction.engine.models.ranking import RankingIndex
from prediction.engine.models.signature import HeldOut
from prediction.engine.models.signature import Signature as Model
from prediction.models import Background, Signature
from prediction.serving.index_files import drop_others, path_of, replacing
from prediction.training import backgrounds, signatures
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

logger = logging.getLogger(__name__)

# Goes up when what is measured for the index changes its meaning.
FORMAT = 4
MEASURED_TWEETS = 1_000
AT_ONCE = 50
LENGTH_BYTES = 8

Pairs = Callable[[Sequence[User]], Group]


class Index(NamedTuple):
    """The index as it lies on the disk: column and log-odds of each user's id."""

    ranking: RankingIndex
    column: dict[int, int]
    odds: NDArray[np.float64]
    measured: Measured


def large_group(
    users: Sequence[User], weighting: Callable[[int], Weighting], pair: Pairs
) -> LargeGroup:
    """The classifier for many users; `pair` composes the two that are explained."""
    background = backgrounds.usable_background()
    index = _index(background)
    if any(user.pk not in index.column for user in users):
        build_index(background)
        index = _index(background)
    columns = np.array([index.column[user.pk] for user in users])
    by_handle = {user.handle: user for user in users}
    return LargeGroup(
        [user.handle for user in users],
        index.ranking,
        columns,
        index.odds[columns],
        weighting(background.pk),
        index.measured,
        lambda one, other: pair([by_handle[one], by_handle[other]]),
    )


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
        measured = measure_sample(_HeldOut(models), len(keys), MEASURED_TWEETS)
        about = {
            "users": [user_id for _, user_id in keys],
            "odds": odds,
            "measured": asdict(measured),
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
        RankingIndex.open(path),
        {user_id: column for column, user_id in enumerate(about["users"])},
        np.array(about["odds"]),
        _measured(about["measured"]),
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


def _measured(stored: dict[str, Any]) -> Measured:
    report = stored["report"]
    report["bins"] = tuple(ReliabilityBin(**found) for found in report["bins"])
    report["confusion"] = ()
    return Measured(
        stored["sharpness"],
        stored["threshold"],
        Somebody(**stored["somebody"]),
        HeldOutReport(**report),
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


class _HeldOut:
    """The held-out part of each; can be gone through again and again."""

    def __init__(self, models: _Stored) -> None:
        self.models = models

    def __iter__(self) -> Iterator[HeldOut]:
        return (cast("HeldOut", model.held_out) for model in self.models)
