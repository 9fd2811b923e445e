"""Groups of very many users, scored through an index file of all signatures.

The index is written after a rebuild, or when it is first needed. Users whose tweets
changed since are ranked by what they wrote before; a question about a user whom it
lacks writes it anew.
"""

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from os import SEEK_END
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, cast

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from prediction.engine import storage
from prediction.engine.calibration.group_calibration import (
    GroupCalibration,
    fit_group_calibration,
    fit_part,
)
from prediction.engine.calibration.holdout import (
    HoldoutReport,
    HoldoutScores,
    score_holdout_sample,
)
from prediction.engine.calibration.metrics import ReliabilityBin
from prediction.engine.calibration.none_of_these import Verification
from prediction.engine.calibration.temperature import Softmax
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
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

# Raise it when the meaning of what is appended to the ranking changes.
FORMAT = 10
KIND = "ranking index of users"
CALIBRATION_TWEETS = 1_000
# Tweets times members that a part of the index is calibrated on: under a second.
MAX_SCORES = 2_000_000
AT_ONCE = 50
ATTEMPTS = 3
LENGTH_BYTES = 8


class Index(NamedTuple):
    """The index file: column of each user's id; log-odds and habits of each column.

    `sample` holds every user's scores for a sample of held-out tweets.
    """

    version: Hashable
    ranking: RankingIndex
    column: dict[int, int]
    odds: NDArray[np.float64]
    habits: NDArray[np.float32]
    sample: HoldoutScores
    calibration: GroupCalibration


# Calibrations of parts of the index; their keys say of which, so none is ever stale.
PARTS: LRUCache[Hashable, GroupCalibration] = LRUCache(256)
_LOCK = Lock()


def large_group(
    users: Sequence[User], weighting: Callable[[int], IdfWeighting]
) -> tuple[LargeGroup, Hashable]:
    """Compose a group of many users.

    Also returns what identifies the group and this state of the index.
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
        index.habits[columns].max(axis=0),
        weighting(background.pk),
        _calibration_of(index, columns),
    )
    return group, (index.version, columns.tobytes())


def build_index(background: Background) -> None:
    """Write the index of all signatures of a version, building missing and damaged
    ones first."""
    for _ in range(ATTEMPTS):
        try:
            _write_index(background)
        except (DamagedModelError, KeyError):
            logger.exception("A signature is damaged or gone; building it again.")
            _delete_damaged(background)
        else:
            return
    raise RuntimeError("signatures change faster than they can be read")


def _delete_damaged(background: Background) -> None:
    stored = Signature.objects.filter(background=background)
    for pk in list(stored.values_list("pk", flat=True)):
        for model, held_out in stored.filter(pk=pk).values_list("model", "held_out"):
            try:
                Model.from_bytes(bytes(model), bytes(held_out))
            except DamagedModelError:
                stored.filter(pk=pk).delete()


def _write_index(background: Background) -> None:
    features = TweetFeatures()
    for user_id in signatures.stale_users(background):
        signatures.build_one(user_id, background.pk, features)
    rows = Signature.objects.filter(background=background).order_by("pk")
    keys = list(rows.values_list("pk", "user_id"))
    path = _path(background)
    models = _Stored([pk for pk, _ in keys])
    odds: list[tuple[float, float]] = []
    habits: list[NDArray[np.float32]] = []
    idf = IdfWeighting.from_bytes(bytes(background.weighting))
    with replacing(path) as own:
        RankingIndex.write(own, _noting(models, odds, habits))
        sample = score_holdout_sample(
            _Holdouts(models), len(keys), CALIBRATION_TWEETS, idf
        )
        calibration = asdict(fit_group_calibration(sample))
        user_ids = np.array([user_id for _, user_id in keys], dtype="<i8")
        arrays = {
            "users": user_ids,
            "odds": np.array(odds, dtype="<f8"),
            "habits": np.array(habits, dtype="<f4"),
            "scores": sample.scores.astype("<f2"),
            "authors": sample.authors.astype("<i8"),
        }
        _append(own, storage.pack(KIND, FORMAT, calibration, arrays))
    _opened.cache_clear()
    drop_others(path, "everyone-*")
    # Somebody was erased while this was being written.
    if rows.count() < len(keys):
        path.unlink(missing_ok=True)


def _calibration_of(index: Index, columns: NDArray[np.int64]) -> GroupCalibration:
    """Return the calibration and the accuracy of exactly these users."""
    whole = index.calibration
    if len(columns) == len(index.column):
        return whole
    key = (index.version, columns.tobytes())
    with _LOCK:
        known = PARTS.get(key)
    if known is None:
        tweets = min(CALIBRATION_TWEETS, MAX_SCORES // len(columns))
        scores = index.sample.of_members(columns, tweets)
        known = fit_part(whole, scores, len(columns))
        with _LOCK:
            PARTS[key] = known
    return known


def is_built(background: Background) -> bool:
    """Return whether the index of this version is there."""
    return _path(background).exists()


def _index(background: Background) -> Index:
    path = _path(background)
    for _ in range(ATTEMPTS):
        try:
            return _opened(path, path.stat().st_mtime_ns)
        except FileNotFoundError:
            logger.info("Writing the index of all signatures.")
        except (DamagedModelError, KeyError, TypeError, ValueError, OSError):
            logger.exception("The index of all signatures is damaged; writing it anew.")
        build_index(background)
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int) -> Index:
    about = storage.unpack(_appended(path), KIND, FORMAT)
    return Index(
        (path, changed),
        RankingIndex.open(path),
        {pk: column for column, pk in enumerate(about.arrays["users"].tolist())},
        about.arrays["odds"],
        about.arrays["habits"],
        HoldoutScores(about.arrays["scores"], about.arrays["authors"]),
        _calibration(about.values),
    )


def _append(path: Path, frame: bytes) -> None:
    """Append a frame and its length to the file of the ranking."""
    with path.open("ab") as file:
        file.write(frame + len(frame).to_bytes(LENGTH_BYTES, "little"))


def _appended(path: Path) -> bytes:
    """Read the appended frame. Raises OSError if its length cannot be right."""
    with path.open("rb") as file:
        file.seek(-LENGTH_BYTES, SEEK_END)
        length = int.from_bytes(file.read(), "little")
        file.seek(-LENGTH_BYTES - length, SEEK_END)
        return file.read(length)


def _calibration(stored: dict[str, Any]) -> GroupCalibration:
    report = stored["report"]
    report["bins"] = tuple(ReliabilityBin(**found) for found in report["bins"])
    report["confusion"] = ()
    return GroupCalibration(
        Softmax(stored["softmax"]["temperature"]),
        stored["threshold"],
        Verification.from_values(stored["verification"]),
        HoldoutReport(**report),
    )


def _path(background: Background) -> Path:
    return path_of(f"everyone-{FORMAT}-{background.file_stem}.index")


def _noting(
    models: "_Stored",
    odds: list[tuple[float, float]],
    habits: list[NDArray[np.float32]],
) -> Iterator[LinearModel]:
    for model in models:
        odds.append((model.platt.slope, model.platt.intercept))
        habits.append(model.habits)
        yield model.model


class _Stored:
    """Signatures in the order of their keys; each pass reads a few at a time."""

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
