"""The map as it is drawn: dots with names, in units of the page's SVG."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from prediction.pages.map.labels import HEIGHT, LEVELS, WIDTH, Label, label_all
from prediction.serving.map.own_text import TextOnMap
from prediction.serving.map.style_map import Cluster, Place
from tweets.models import User
from tweets.templatetags.people import called


@dataclass(frozen=True)
class Dot:
    """A person's dot, its name, and the dots of who writes most alike."""

    place: Place
    cluster: Cluster
    label: Label

    @property
    def x(self) -> str:
        return _written(WIDTH * self.place.x)

    @property
    def y(self) -> str:
        return _written(HEIGHT * self.place.y)

    @property
    def near(self) -> str:
        """Keys of who writes most alike, for the script."""
        return " ".join(str(user.pk) for user in self.place.neighbours)


class Drawing:
    """What the page draws of the map.

    Parameters
    ----------
    near
        Who was searched for, whether or not they are on the map.
    own
        A visitor's text among the people.
    """

    levels = " ".join(map(str, LEVELS))

    def __init__(
        self, clusters: list[Cluster], near: User | None, own: TextOnMap | None
    ) -> None:
        self._clusters, self.near, self.own = clusters, near, own

    @cached_property
    def dots(self) -> list[Dot]:
        """All dots, in the order of their clusters."""
        pairs = [
            (place, cluster) for cluster in self._clusters for place in cluster.places
        ]
        first = sorted(pairs, key=lambda pair: -pair[0].user.eligible_count)
        labels = label_all(
            [called(place.user) for place, _ in first],
            [(place.x, place.y) for place, _ in first],
        )
        by_user = {
            place.user.pk: label
            for (place, _), label in zip(first, labels, strict=True)
        }
        return [Dot(place, found, by_user[place.user.pk]) for place, found in pairs]

    @property
    def people(self) -> int:
        return len(self.dots)

    @property
    def numerals(self) -> Iterator[tuple[Cluster, str, str]]:
        """Yield each cluster and the middle of its dots."""
        for cluster in self._clusters:
            size = len(cluster.places)
            x = sum(place.x for place in cluster.places) / size
            y = sum(place.y for place in cluster.places) / size
            yield cluster, _written(WIDTH * x), _written(HEIGHT * y)

    @property
    def threads(self) -> list[str]:
        """Lines to who writes most alike: from the person searched for, and from the
        visitor's text."""
        dots = {dot.place.user.pk: dot for dot in self.dots}
        lines = []
        if self.near and self.near.pk in dots:
            dot = dots[self.near.pk]
            others = (dots.get(user.pk) for user in dot.place.neighbours)
            lines += [f"M{dot.x} {dot.y}L{end.x} {end.y}" for end in others if end]
        if self.own:
            ends = (dots[place.user.pk] for place in self.own.places)
            lines += [f"M{self.own_x} {self.own_y}L{end.x} {end.y}" for end in ends]
        return lines

    @property
    def own_x(self) -> str:
        return _written(WIDTH * self.own.x) if self.own else ""

    @property
    def own_y(self) -> str:
        return _written(HEIGHT * self.own.y) if self.own else ""


def _written(length: float) -> str:
    return f"{length:.1f}"
