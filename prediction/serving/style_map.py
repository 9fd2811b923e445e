"""Who sounds like whom, over the users of the version in use."""

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
from prediction.serving.map_layout import spread
from tweets.models import User

logger = logging.getLogger(__name__)

# Goes up when what is kept of a map changes its meaning.
FORMAT = 2
KIND = "map"
MOST_ON_MAP = 300
FEWEST_ON_MAP = 3


@dataclass(frozen=True)
class Place:
    """A user on the map; x and y from 0 to 1."""

    user: User
    x: float
    y: float


@dataclass(frozen=True)
class Cluster:
    """Users who sound alike."""

    number: int
    places: list[Place]


@dataclass(frozen=True, eq=False)
class Known:
    """Ids of users in the order of the map's rows, and where each is drawn."""

    ids: tuple[int, ...]
    users: UserMap
    places: list[list[float]]


def neighbours(user: User, count: int = 5) -> list[User]:
    """The listed users who sound most like this one, the closest first."""
    known = _current()
    if known is None or user.pk not in known.ids:
        return []
    near = known.users.nearest(known.ids.index(user.pk), len(known.ids))
    ids = [known.ids[number] for number, _ in near]
    listed = User.objects.listed().in_bulk(ids)
    return [listed[pk] for pk in ids if pk in listed][:count]


def clusters() -> list[Cluster]:
    """All listed users that have a place, by cluster, the largest first."""
    known = _current()
    if known is None:
        return []
    listed = User.objects.listed().in_bulk(list(known.ids))
    found: dict[int, list[Place]] = {}
    labels = known.users.clusters.tolist()
    for pk, (x, y), label in zip(known.ids, known.places, labels, strict=True):
        if pk in listed:
            found.setdefault(label, []).append(Place(listed[pk], x, y))
    ordered = sorted(found.values(), key=len, reverse=True)
    return [Cluster(number, members) for number, members in enumerate(ordered, 1)]


def cluster_of(user: User) -> Cluster | None:
    """The cluster that this user stands in; None where there is no map."""
    return next(
        (
            cluster
            for cluster in clusters()
            if any(place.user.pk == user.pk for place in cluster.places)
        ),
        None,
    )


def prepare() -> None:
    """Draws the map now, so that no visitor waits for it."""
    _current()


def _current() -> Known | None:
    background = Background.objects.current()
    if background is None:
        return None
    shown = background.signatures.filter(user__is_listed=True)
    who = shown.aggregate(count=Count("pk"), ids=Sum("user_id"))
    stem = f"map-{FORMAT}-{background.file_stem}-{who['count']}-{who['ids']}"
    return _known(background.pk, path_of(f"{stem}.safetensors"))


@lru_cache(maxsize=1)
def _known(background_id: int, path: Path) -> Known | None:
    """Computed once per version and set of users, whatever process asks first."""
    try:
        return _read(path)
    except FileNotFoundError:
        logger.info("The map is drawn.")
    except (DamagedModelError, KeyError, OSError):
        logger.exception("The map is damaged and drawn anew.")
    known = _draw(background_id)
    if known is not None:
        _keep(path, known)
    return known


def _read(path: Path) -> Known:
    stored = unpack(path.read_bytes(), KIND, FORMAT).arrays
    users = UserMap(stored["likeness"], stored["clusters"], stored["coordinates"])
    return Known(tuple(stored["ids"].tolist()), users, stored["places"].tolist())


def _keep(path: Path, known: Known) -> None:
    """On a disk that is full or closed to us, each process draws its own."""
    try:
        arrays = {
            "ids": np.array(known.ids),
            "likeness": known.users.likeness,
            "clusters": known.users.clusters,
            "coordinates": known.users.places,
            "places": np.array(known.places),
        }
        with replacing(path) as own:
            own.write_bytes(pack(KIND, FORMAT, {}, arrays))
        drop_others(path, "map-*")
    except OSError:
        logger.warning("The map could not be kept.", exc_info=True)


def _draw(background_id: int) -> Known | None:
    """Over those listed who have most to compare."""
    rows = Signature.objects.filter(background_id=background_id, user__is_listed=True)
    rows = rows.order_by("-user__eligible_count", "user_id")
    stored = rows.values_list("user_id", "held_out")[:MOST_ON_MAP]
    ids, means = [], []
    for user_id, held_out in stored.iterator(chunk_size=50):
        try:
            features = Holdout.from_bytes(bytes(held_out)).features
        except DamagedModelError:
            continue
        ids.append(user_id)
        # One mean row each takes a fiftieth of the memory.
        means.append(sparse.csr_matrix(features.mean(axis=0)))
    if len(ids) < FEWEST_ON_MAP:
        return None
    users = map_users(means)
    return Known(tuple(ids), users, spread(users.places).tolist())
