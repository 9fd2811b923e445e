"""Names on the map never cover each other."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.pages.map.labels import (
    BOTTOM,
    DOT,
    HEIGHT,
    LEFT,
    LEVELS,
    NEVER,
    RIGHT,
    TOP,
    WIDTH,
    Box,
    Label,
    box_of,
    label_all,
)

SHARES = st.floats(0, 1)
PEOPLE = st.lists(
    st.tuples(st.text(max_size=40), st.tuples(SHARES, SHARES)), max_size=25
)


def cover(one: Box, other: Box) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1e-9
        and min(one[3], other[3]) - max(one[1], other[1]) > 1e-9
    )


def boxes(
    labels: tuple[Label, ...], points: np.ndarray, level: int, height: float
) -> dict[int, Box]:
    return {
        number: box_of(points[number], (height, height), label.text, label.side)
        for number, label in enumerate(labels)
        if label.level <= level
    }


def assert_apart(labels: tuple[Label, ...], places: list[tuple[float, float]]) -> None:
    points = np.array(places).reshape(-1, 2) * (WIDTH, HEIGHT)
    for level, largest in enumerate(LEVELS):
        nearer = LEVELS[min(level + 1, len(LEVELS) - 1)]
        for height in (largest, (largest + nearer) / 2, nearer + 1e-6):
            shown = boxes(labels, points, level, height)
            for one, other in combinations(shown.values(), 2):
                assert not cover(one, other)
            for number, (left, top, right, bottom) in shown.items():
                assert left >= LEFT
                assert top >= TOP
                assert right <= RIGHT
                assert bottom <= BOTTOM
                for other, (x, y) in enumerate(points):
                    radius = DOT * height
                    dot = (x - radius, y - radius, x + radius, y + radius)
                    assert other == number or not cover((left, top, right, bottom), dot)


@given(PEOPLE)
@settings(max_examples=40, deadline=None)
def test_names_cover_neither_each_other_nor_dots_however_near(
    people: list[tuple[str, tuple[float, float]]],
) -> None:
    names, places = [name for name, _ in people], [place for _, place in people]
    labels = label_all(names, places)
    assert len(labels) == len(people)
    assert_apart(labels, places)


def test_more_names_appear_on_coming_nearer() -> None:
    rng = np.random.default_rng(0)
    places = [tuple(place) for place in rng.random((200, 2)).tolist()]
    labels = label_all([f"somebody {number}" for number in range(200)], places)
    shown = [sum(label.level <= level for label in labels) for level in range(NEVER)]
    assert_apart(labels, places)
    assert shown == sorted(shown)
    assert 0 < shown[3] < shown[5] < shown[7] < 200
    assert shown[-1] > 190


def test_the_first_are_named_first() -> None:
    places = [(0.5, 0.5), (0.5, 0.52), (0.5, 0.54)]
    labels = label_all(["a" * 20, "b" * 20, "c" * 20], places)
    assert labels[0].level == 0
    assert labels[1].level > 0
