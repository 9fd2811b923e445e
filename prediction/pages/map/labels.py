"""Names beside dots that never cover each other, more of them the nearer one looks.

Lengths are in units of the map, which is `WIDTH` by `HEIGHT`. Names keep their size on
the screen, so on zooming in they shrink on the map: each of the `LEVELS` is a height of
letters, and every name learns the first level at which there is room for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 100.0, 62.0
# Left, top, right and bottom of what is drawn: names need room beyond the dots.
LEFT, TOP, RIGHT, BOTTOM = -8.0, -6.0, 108.0, 70.0
# From a phone's whole map to sixteen times nearer.
LEVELS = (5.2, 4.2, 3.1, 2.3, 1.65, 1.2, 0.85, 0.6, 0.42, 0.3)
# Without a script, nobody zooms: a phone shows the first, and a desktop the third.
PHONE, DESKTOP = 0, 3
NEVER = len(LEVELS)
# In heights of letters: of a dot, from dots to letters, of a line.
DOT, APART, LINE = 0.36, 0.3, 1.2
LONGEST = 24
_WIDE, _CAPITAL, _USUAL = 1.0, 0.75, 0.6

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """A name, on which side of its dot it stands, and from which level on."""

    text: str
    side: str
    level: int

    @property
    def kind(self) -> str:
        """Where it is too much without a script: `late` anywhere, `wide` on phones."""
        if self.level > DESKTOP:
            return "late"
        return "wide" if self.level > PHONE else ""


SIDES = ("below", "above", "right", "left")


def label_all(
    names: Sequence[str], places: Sequence[tuple[float, float]]
) -> tuple[Label, ...]:
    """Label dots, the most important first; places are from 0 to 1."""
    return _labelled(tuple(_cut(name) for name in names), tuple(places))


@lru_cache(maxsize=4)
def _labelled(
    names: tuple[str, ...], places: tuple[tuple[float, float], ...]
) -> tuple[Label, ...]:
    room = _Room(np.array(places, dtype=float).reshape(-1, 2) * (WIDTH, HEIGHT))
    found: dict[int, Label] = {}
    for level in range(len(LEVELS)):
        for number, name in enumerate(names):
            if number not in found and (side := room.side_for(number, name, level)):
                found[number] = Label(name, side, level)
    return tuple(
        found.get(number, Label(name, SIDES[0], NEVER))
        for number, name in enumerate(names)
    )


class _Room:
    """What is taken at each level, by dots and by names."""

    def __init__(self, points: NDArray[np.floating]) -> None:
        self._points = points
        self._dots = [
            np.hstack([points - DOT * height, points + DOT * height])
            for height in LEVELS
        ]
        self._names: list[list[Box]] = [[] for _ in LEVELS]

    def side_for(self, number: int, name: str, level: int) -> str | None:
        """Take a side of a dot where its name covers nothing from a level on."""
        for side in SIDES:
            boxes = [
                box_of(self._points[number], heights, name, side)
                for heights in pairwise([*LEVELS[level:], LEVELS[-1]])
            ]
            if all(
                self._is_free(number, box, nearer)
                for nearer, box in enumerate(boxes, level)
            ):
                for nearer, box in enumerate(boxes, level):
                    self._names[nearer].append(box)
                return side
        return None

    def _is_free(self, number: int, box: Box, level: int) -> bool:
        if not _is_inside(box):
            return False
        covered = _touched(box, self._dots[level])
        covered[number] = False
        names = np.array(self._names[level], dtype=float).reshape(-1, 4)
        return not (covered.any() or _touched(box, names).any())


def box_of(
    point: NDArray[np.floating], heights: tuple[float, float], name: str, side: str
) -> Box:
    """Return left, top, right and bottom of where a name stands beside its dot while
    its letters shrink from the first height to the second."""
    x, y = float(point[0]), float(point[1])
    largest, smallest = heights
    wide, line = largest * _length(name), largest * LINE
    inner, outer = smallest * (DOT + APART), largest * (DOT + APART)
    if side == "below":
        return x - wide / 2, y + inner, x + wide / 2, y + outer + line
    if side == "above":
        return x - wide / 2, y - outer - line, x + wide / 2, y - inner
    if side == "right":
        return x + inner, y - line / 2, x + outer + wide, y + line / 2
    return x - outer - wide, y - line / 2, x - inner, y + line / 2


def _is_inside(box: Box) -> bool:
    left, top, right, bottom = box
    return left >= LEFT and top >= TOP and right <= RIGHT and bottom <= BOTTOM


def _touched(box: Box, others: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which other boxes, shape ``(boxes, 4)``, a box covers a part of."""
    left, top, right, bottom = box
    apart = (
        (others[:, 2] <= left)
        | (others[:, 0] >= right)
        | (others[:, 3] <= top)
        | (others[:, 1] >= bottom)
    )
    return np.asarray(~apart)


def _length(name: str) -> float:
    """Estimate a name's length in heights of letters, rather too long."""
    return sum(
        _WIDE
        if east_asian_width(letter) in "WF"
        else _CAPITAL
        if letter.isupper() or letter in "@mwMW_"
        else _USUAL
        for letter in name
    )


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
