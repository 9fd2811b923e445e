"""The map of users who write alike, over the signatures in use."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.db.models import Count, Sum
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.errors import DamagedModelError
from prediction.engine.insight.clusters import cluster_habits, habit_shares
from prediction.engine.insight.similarity import UserMap, map_users
from prediction.engine.insight.typical import Trait
from prediction.engine.models.signature import Holdout
from prediction.engine.storage import pack, unpack
from prediction.models import Background, Signature
from prediction.serving.index_files import drop_others, path_of, replacing
from prediction.serving.map.layout import spread
from tweets.models import Tweet, User

logger = logging.getLogger(__name__)

# Raise it when the meaning of what is stored of a map changes.
FORMAT = 3
KIND = "map"
MAX_ON_MAP = 300
MIN_ON_MAP = 3
NEIGHBOURS = 5
# Newest tweets of each user in which habits are counted.
COUNTED = 40


@dataclass(frozen=True)
class Place:
    """A user's place on the map, x and y from 0 to 1, and who writes most alike."""

    user: User
    x: float
    y: float
    neighbours: tuple[User, ...]


@dataclass(frozen=True)
class Cluster:
    """Users who write alike, and what they do more often than the others."""

    number: int
    places: list[Place]
    habits: list[Trait]

    @property
    def name(self) -> str:
        """The cluster's habits in words."""
        said = ", ".join(habit.name for habit in self.habits) or "no habit stands out"
        return said[:1].upper() + said[1:]


@dataclass(frozen=True, eq=False)
class StyleMap:
    """User ids in the order of the map's rows, where each user is drawn, and which
    share of their tweets shows each habit."""

    ids: tuple[int, ...]
    users: UserMap
    places: list[list[float]]
    habits: NDArray[np.float32]

    def nearest(
        self, row: int, listed: Mapping[int, User], count: int
    ) -> tuple[User, ...]:
        """Return the listed users who write most like that of a row, closest first."""
        near = self.users.nearest(row, len(self.ids))
        ids = (self.ids[number] for number, _ in near)
        return tuple([listed[pk] for pk in ids if pk in listed][:count])


def neighbours(user: User, count: int = NEIGHBOURS) -> list[User]:
    """Return the listed users who write most like this one, the closest first."""
    style_map = _current()
    if style_map is None or user.pk not in style_map.ids:
        return []
    listed = User.objects.listed().in_bulk(style_map.ids)
    return list(style_map.nearest(style_map.ids.index(user.pk), listed, count))


def clusters() -> list[Cluster]:
    """Return clusters of the listed users on the map, the largest first."""
    style_map = _current()
    if style_map is None:
        return []
    listed = User.objects.listed().in_bulk(style_map.ids)
    rows = [row for row, pk in enumerate(style_map.ids) if pk in listed]
    labels = style_map.users.clusters
    found: dict[int, list[Place]] = {}
    for row in rows:
        near = style_map.nearest(row, listed, NEIGHBOURS)
        x, y = style_map.places[row]
        place = Place(listed[style_map.ids[row]], x, y, near)
        found.setdefault(int(labels[row]), []).append(place)
    habits = cluster_habits(style_map.habits[rows], labels[rows]) if rows else {}
    ordered = sorted(found, key=lambda label: -len(found[label]))
    return [
        Cluster(number, found[label], habits[label])
        for number, label in enumerate(ordered, 1)
    ]


def cluster_of(user: User) -> Cluster | None:
    """Return the user's cluster; None if the user is not on the map."""
    return next(
        (
            cluster
            for cluster in clusters()
            if any(place.user.pk == user.pk for place in cluster.places)
        ),
        None,
    )


def prepare() -> None:
    """Draw the map now, so that no visitor waits for it."""
    _current()


def _current() -> StyleMap | None:
    background = Background.objects.current()
    if background is None:
        return None
    shown = background.signatures.filter(user__in=User.objects.listed().everyone())
    who = shown.aggregate(count=Count("pk"), ids=Sum("user_id"))
    stem = f"map-{FORMAT}-{background.file_stem}-{who['count']}-{who['ids']}"
    return _load(background.pk, path_of(f"{stem}.safetensors"))


@lru_cache(maxsize=1)
def _load(background_id: int, path: Path) -> StyleMap | None:
    """Read or draw the map; one process draws each version and set of users."""
    try:
        return _read(path)
    except FileNotFoundError:
        logger.info("Drawing the map.")
    except (DamagedModelError, KeyError, OSError):
        logger.exception("The map is damaged; drawing it anew.")
    style_map = _draw(background_id)
    if style_map is not None:
        _write(path, style_map)
    return style_map


def _read(path: Path) -> StyleMap:
    stored = unpack(path.read_bytes(), KIND, FORMAT).arrays
    users = UserMap(stored["similarity"], stored["clusters"], stored["coordinates"])
    ids = tuple(stored["ids"].tolist())
    return StyleMap(ids, users, stored["places"].tolist(), stored["habits"])


def _write(path: Path, style_map: StyleMap) -> None:
    """Write the map; if the disk is full or read-only, each process draws its own."""
    try:
        arrays = {
            "ids": np.array(style_map.ids),
            "similarity": style_map.users.similarity,
            "clusters": style_map.users.clusters,
            "coordinates": style_map.users.places,
            "places": np.array(style_map.places),
            "habits": style_map.habits,
        }
        with replacing(path) as own:
            own.write_bytes(pack(KIND, FORMAT, {}, arrays))
        drop_others(path, "map-*")
        # Somebody was erased while this was being drawn.
        if User.objects.filter(pk__in=style_map.ids).count() < len(style_map.ids):
            path.unlink(missing_ok=True)
    except OSError:
        logger.warning("The map could not be written.", exc_info=True)


def _draw(background_id: int) -> StyleMap | None:
    """Draw the listed users with most tweets."""
    shown = User.objects.listed().everyone()
    rows = Signature.objects.filter(background_id=background_id, user__in=shown)
    rows = rows.order_by("-user__eligible_count", "user_id")
    stored = rows.values_list("user_id", "held_out")[:MAX_ON_MAP]
    ids, means = [], []
    for user_id, held_out in stored.iterator(chunk_size=50):
        try:
            features = Holdout.from_bytes(bytes(held_out)).features
        except DamagedModelError:
            continue
        ids.append(user_id)
        # One mean row each takes a fiftieth of the memory.
        means.append(sparse.csr_matrix(features.mean(axis=0)))
    if len(ids) < MIN_ON_MAP:
        return None
    users = map_users(means)
    habits = np.stack([_habits(user_id) for user_id in ids])
    return StyleMap(tuple(ids), users, spread(users.places).tolist(), habits)


def _habits(user_id: int) -> NDArray[np.float32]:
    newest = Tweet.objects.filter(user_id=user_id).newest_first()
    return habit_shares(list(newest.values_list("text", flat=True)[:COUNTED]))
