"""The map of users who write alike, over the signatures in use."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.db.models import Count, Sum
from scipy import sparse

from prediction.engine.errors import DamagedModelError
from prediction.engine.insight.similarity import UserMap, map_users
from prediction.engine.models.signature import Holdout
from prediction.engine.storage import pack, unpack
from prediction.models import Background, Signature
from prediction.serving.index_files import drop_others, path_of, replacing
from prediction.serving.map.layout import spread
from tweets.models import User

logger = logging.getLogger(__name__)

# Raise it when the meaning of what is stored of a map changes.
FORMAT = 2
KIND = "map"
MAX_ON_MAP = 300
MIN_ON_MAP = 3


@dataclass(frozen=True)
class Place:
    """A user's place on the map; x and y from 0 to 1."""

    user: User
    x: float
    y: float


@dataclass(frozen=True)
class Cluster:
    """Users who write alike."""

    number: int
    places: list[Place]


@dataclass(frozen=True, eq=False)
class StyleMap:
    """User ids in the order of the map's rows, and where each user is drawn."""

    ids: tuple[int, ...]
    users: UserMap
    places: list[list[float]]


def neighbours(user: User, count: int = 5) -> list[User]:
    """Return the listed users who write most like this one, the closest first."""
    style_map = _current()
    if style_map is None or user.pk not in style_map.ids:
        return []
    near = style_map.users.nearest(style_map.ids.index(user.pk), len(style_map.ids))
    ids = [style_map.ids[number] for number, _ in near]
    listed = User.objects.listed().in_bulk(ids)
    return [listed[pk] for pk in ids if pk in listed][:count]


def clusters() -> list[Cluster]:
    """Return clusters of the listed users on the map, the largest first."""
    style_map = _current()
    if style_map is None:
        return []
    listed = User.objects.listed().in_bulk(list(style_map.ids))
    found: dict[int, list[Place]] = {}
    labels = style_map.users.clusters.tolist()
    for pk, (x, y), label in zip(style_map.ids, style_map.places, labels, strict=True):
        if pk in listed:
            found.setdefault(label, []).append(Place(listed[pk], x, y))
    ordered = sorted(found.values(), key=len, reverse=True)
    return [Cluster(number, members) for number, members in enumerate(ordered, 1)]


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
    return StyleMap(tuple(stored["ids"].tolist()), users, stored["places"].tolist())


def _write(path: Path, style_map: StyleMap) -> None:
    """Write the map; if the disk is full or read-only, each process draws its own."""
    try:
        arrays = {
            "ids": np.array(style_map.ids),
            "similarity": style_map.users.similarity,
            "clusters": style_map.users.clusters,
            "coordinates": style_map.users.places,
            "places": np.array(style_map.places),
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
    return StyleMap(tuple(ids), users, spread(users.places).tolist())
