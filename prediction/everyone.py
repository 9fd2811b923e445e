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
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from prediction import training
from prediction.engine.calibration import Somebody
from prediction.engine.errors import DamagedModelError
from prediction.engine.group import Group
from prediction.engine.held_out import HeldOutReport
from prediction.engine.large_group import LargeGroup, measure_sample
from prediction.engine.measured import Measured
from prediction.engine.metrics import ReliabilityBin
from prediction.engine.ranking import RankingIndex
from prediction.engine.signature import HeldOut
from prediction.engine.signature import Signature as Model
from prediction.engine.weighting import Weighting
from prediction.models import Background, Signature
from tweets.models import User

logger = logging.getLogger(__name__)

# Goes up when what is measured for the index changes its meaning.
FORMAT = 3
MEASURED_TWEETS = 1_000
AT_ONCE = 50

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
    background = training.usable_background()
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
    for user_id in training.stale_users(background):
        training.build_one(user_id, background.pk)
    rows = Signature.objects.filter(background=background).order_by("pk")
    keys = list(rows.values_list("pk", "user_id"))
    path = _path(background)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    models = _Stored([pk for pk, _ in keys])
    odds = [(model.platt.slope, model.platt.intercept) for model in models]
    RankingIndex.write(unfinished, _Parts(models, lambda model: model.model))
    measured = measure_sample(_Parts(models, _held_out), len(keys), MEASURED_TWEETS)
    about = {
        "users": [user_id for _, user_id in keys],
        "odds": odds,
        "measured": asdict(measured),
    }
    path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
    unfinished.replace(path)
    _opened.cache_clear()
    for other in path.parent.glob("everyone-*"):
        if other.stem != path.stem:
            other.unlink(missing_ok=True)


def _index(background: Background) -> Index:
    path = _path(background)
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        logger.info("The index of all signatures is written.")
    except (DamagedModelError, KeyError, TypeError, ValueError):
        logger.exception("The index of all signatures is damaged and written anew.")
    build_index(background)
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int) -> Index:
    about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Index(
        RankingIndex.open(path),
        {user_id: column for column, user_id in enumerate(about["users"])},
        np.array(about["odds"]),
        _measured(about["measured"]),
    )


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
    name = f"everyone-{FORMAT}-{background.file_stem}.index"
    return Path(settings.INDEX_DIR) / name


def _held_out(model: Model) -> HeldOut:
    return cast("HeldOut", model.held_out)  # read with the model


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


class _Parts:
    """One part of each stored signature; can be gone through again and again."""

    def __init__(self, models: _Stored, part: Callable[[Model], Any]) -> None:
        self.models = models
        self.part = part

    def __iter__(self) -> Iterator[Any]:
        return map(self.part, self.models)
