"""Who sounds like whom, over the users of the version in use."""

from dataclasses import dataclass
from functools import lru_cache

from prediction.engine.errors import DamagedModelError
from prediction.engine.signature import HeldOut
from prediction.likeness import Likeness, fold
from prediction.models import Background, Signature
from tweets.models import User

MOST_ON_MAP = 300

# Ids of users in the order of the rows, and what is known of them.
Known = tuple[tuple[int, ...], Likeness | None]


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


def neighbours(user: User, count: int = 5) -> list[User]:
    """The listed users who sound most like this one, the closest first."""
    ids, likeness = _current()
    if likeness is None or user.pk not in ids:
        return []
    near = [ids[i] for i in likeness.nearest(ids.index(user.pk), 4 * count)]
    listed = User.objects.listed().in_bulk(near)
    return [listed[pk] for pk in near if pk in listed][:count]


def clusters() -> list[Cluster]:
    """All listed users that have a place, by cluster, the largest first."""
    ids, likeness = _current()
    if likeness is None:
        return []
    places, labels = _layout(likeness)
    listed = User.objects.listed().in_bulk(list(ids))
    found: dict[int, list[Place]] = {}
    for pk, (x, y), label in zip(ids, places, labels, strict=True):
        if pk in listed:
            found.setdefault(label, []).append(Place(listed[pk], x, y))
    ordered = sorted(found.values(), key=len, reverse=True)
    return [Cluster(number, members) for number, members in enumerate(ordered, 1)]


def _current() -> Known:
    background = Background.objects.current()
    if background is None:
        return (), None
    count = background.signatures.count()
    return _likeness(background.pk, count) if count > 1 else ((), None)


@lru_cache(maxsize=1)
def _likeness(background_id: int, count: int) -> Known:
    """Computed once per version and number of signatures."""
    rows = Signature.objects.filter(background_id=background_id).order_by("user_id")
    ids, folded = [], []
    stored = rows.values_list("user_id", "held_out")[:MOST_ON_MAP]
    for user_id, held_out in stored.iterator(chunk_size=50):
        try:
            features = HeldOut.from_bytes(bytes(held_out)).features
        except DamagedModelError:
            continue
        ids.append(user_id)
        folded.append(fold(features))
    return tuple(ids), Likeness.of(folded) if len(ids) > 1 else None


@lru_cache(maxsize=1)
def _layout(likeness: Likeness) -> tuple[list[list[float]], list[int]]:
    return likeness.places().tolist(), likeness.clusters().tolist()
