"""Groups of very many users, scored through an index file of all signatures.

A worker writes the index after a rebuild; without one, a visitor's first question
does. Users whose tweets changed since are ranked by what they wrote before; a question
about a user whom it lacks has it written anew.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from os import SEEK_END
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NamedTuple, cast

import numpy as np
from cachetools import LRUCache
from django.db import connection
from numpy.typing import NDArray

from common.http.later import BeingPreparedError
from common.http.rate_limits import charge
from common.jobs.heartbeat import builders
from common.jobs.locks import locked, tried
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
from prediction.training import backgrounds, on_demand, signatures
from prediction.training.signals import signatures_needed
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

logger = logging.getLogger(__name__)

# Held by whoever writes the index.
LOCK = "index"
# Raise it when the meaning of what is appended to the ranking changes.
FORMAT = 11
KIND = "ranking index of users"
CALIBRATION_TWEETS = 1_000
# Tweets times members that are scored at once, eight bytes each.
MOST_SCORES = 50_000_000
# Tweets times members that a part of the index is calibrated on: under a second.
MAX_SCORES = 2_000_000
# What that counts as, in requests.
COST_OF_PART = 10
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
) -> tuple[LargeGroup, tuple[User, ...], Hashable]:
    """Compose a group of many users.

    Also returns its members, and what identifies the group and this state of the
    index. Users who are new are left out of everybody until the index is written.
    Raises NotEnoughUsersError and BeingPreparedError.
    """
    background = on_demand.background()
    index = _complete(background, users)
    members = tuple(user for user in users if user.pk in index.column)
    if len(members) < len(users) and not _are_everybody(users):
        raise BeingPreparedError
    columns = np.array([index.column[user.pk] for user in members])
    group = LargeGroup(
        index.ranking,
        columns,
        index.odds[columns],
        index.habits[columns].max(axis=0),
        weighting(background.pk),
        _calibration_of(index, columns),
    )
    return group, members, (index.version, columns.tobytes())


def prepare(users: Iterable[User]) -> None:
    """Write the index unless it is there, with all of these users.

    Raises NotEnoughUsersError.
    """
    background = backgrounds.usable_background()
    index = _index(background)
    if index is None or _lacks(index, users):
        build_index(background)
    drop_others(_path(background), "everyone-*")


def build_index(background: Background) -> None:
    """Write the index of all signatures of a version, building missing and damaged
    ones first; where another process writes it already, wait for that."""
    before = _changed(background)
    with locked(LOCK):
        if _changed(background) == before:
            _write_undamaged(background)


def _complete(background: Background, users: Sequence[User]) -> Index:
    """Return the index, after having it written where it lacks somebody; the last one
    if that takes longer. Raises BeingPreparedError."""
    index = _index(background)
    if index is not None and not _lacks(index, users):
        return index
    if not builders().exists():
        _try_index(background)
    elif stale := signatures.missing_users(background):
        signatures_needed.send(Signature, user_ids=stale)
    else:
        # The worker's index may be on another disk.
        Thread(target=_write_apart, args=[background], daemon=True).start()
    found = _index(background) or index
    if found is None:
        raise BeingPreparedError
    return found


def _lacks(index: Index, users: Iterable[User]) -> bool:
    return any(user.pk not in index.column for user in users)


def _are_everybody(users: Sequence[User]) -> bool:
    return len(users) >= User.objects.listed().everyone().count()


def _try_index(background: Background) -> None:
    """Write the index unless another process does so."""
    with tried(LOCK) as is_free:
        if is_free:
            _write_undamaged(background)


def _write_apart(background: Background) -> None:
    """Write the index in a thread of its own, so that no visitor waits."""
    try:
        _try_index(background)
    finally:
        connection.close()


def _write_undamaged(background: Background) -> None:
    for _ in range(ATTEMPTS):
        try:
            _write_index(background)
        except (DamagedModelError, KeyError):
            logger.exception("A signature is damaged or gone; building it again.")
            signatures.delete_damaged(Signature.objects.filter(background=background))
        else:
            return
    raise RuntimeError("signatures change faster than they can be read")


def _write_index(background: Background) -> None:
    features = TweetFeatures()
    for user_id in signatures.stale_users(background):
        signatures.build_stale(user_id, background.pk, features)
    rows = Signature.objects.filter(background=background).order_by("pk")
    keys = list(rows.values_list("pk", "user_id"))
    path = _path(background)
    models = _Stored([pk for pk, _ in keys])
    odds: list[tuple[float, float]] = []
    habits: list[NDArray[np.float32]] = []
    idf = IdfWeighting.from_bytes(bytes(background.weighting))
    with replacing(path) as own:
        RankingIndex.write(own, _noting(models, odds, habits))
        tweets = max(min(CALIBRATION_TWEETS, MOST_SCORES // len(keys)), 1)
        sample = score_holdout_sample(_Holdouts(models), tweets, idf)
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
    if background.is_current:
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
        charge(COST_OF_PART)
        tweets = min(CALIBRATION_TWEETS, MAX_SCORES // len(columns))
        scores = index.sample.of_members(columns, tweets)
        known = fit_part(whole, scores, len(columns))
        with _LOCK:
            PARTS[key] = known
    return known


def is_built(background: Background) -> bool:
    """Return whether the index of this version is there."""
    return _path(background).exists()


def _index(background: Background) -> Index | None:
    """Open the index; None if it is missing or damaged."""
    path = _path(background)
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    except (DamagedModelError, KeyError, TypeError, ValueError, OSError):
        logger.exception("The index of all signatures is damaged.")
        path.unlink(missing_ok=True)
        return None


def _changed(background: Background) -> int:
    """Return when the index was written; 0 if it is not there."""
    try:
        return _path(background).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


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
            yield from self.read(self.keys[start : start + AT_ONCE])

    def read(self, keys: list[int]) -> list[Model]:
        """Read some of them. Raises KeyError if one is gone."""
        rows = {
            pk: (bytes(model), bytes(held_out))
            for pk, model, held_out in Signature.objects.filter(
                pk__in=keys
            ).values_list("pk", "model", "held_out")
        }
        return [Model.from_bytes(*rows[pk]) for pk in keys]


class _Holdouts(Sequence[Holdout]):
    """The holdout of each, read when it is asked for."""

    def __init__(self, models: _Stored) -> None:
        self.models = models

    def __len__(self) -> int:
        return len(self.models.keys)

    def __getitem__(self, number: Any) -> Any:
        (model,) = self.models.read([self.models.keys[number]])
        return model.holdout

    def __iter__(self) -> Iterator[Holdout]:
        return (cast("Holdout", model.holdout) for model in self.models)
