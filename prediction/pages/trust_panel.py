"""The trust panel of an answer: whom the model confuses with whom, and how often it is
right where it says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.calibration.metrics import ReliabilityBin
from prediction.serving.result import Result
from tweets.models import User

LARGEST_TABLE = 10
SHADES = 5
CONFUSIONS_SHOWN = 8

Counts = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Cell:
    """How many of the row author's tweets were attributed to the column's user."""

    count: int
    shade: int
    is_right: bool


@dataclass(frozen=True)
class Row:
    author: User
    cells: list[Cell]


@dataclass(frozen=True)
class Confusion:
    """How many tweets of one user, and of how many, were attributed to another."""

    author: User
    named: User
    count: int
    of: int


@dataclass(frozen=True)
class Point:
    """A bin of the reliability diagram; x and y are in its square of 100 by 100."""

    bin: ReliabilityBin
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Panel:
    held_out: HoldoutReport
    size: int
    members: tuple[User, ...]
    rows: list[Row]
    confusions: list[Confusion]
    points: list[Point]

    @property
    def right(self) -> int:
        """How many of the held-out tweets were given to their author."""
        return round(self.held_out.accuracy * self.held_out.tweets)

    @property
    def by_chance(self) -> int:
        return round(self.held_out.chance * self.held_out.tweets)


def panel_for(result: Result) -> Panel | None:
    """Lay out the panel; None if no held-out tweets were scored in bins."""
    report = result.held_out
    if not report.bins:
        return None
    return Panel(
        held_out=report,
        size=result.size,
        members=result.members,
        rows=table_of(result.members, report.confusion),
        confusions=confusions_of(result.members, report.confusion),
        points=[_point(found, report.tweets) for found in report.bins],
    )


def table_of(members: Sequence[User], counts: Counts) -> list[Row]:
    """Return the table of who was taken for whom; empty for too many to show.

    ``counts`` has a row for each author and a column for each whom it was given to.
    """
    if len(members) > LARGEST_TABLE:
        return []
    return [
        Row(
            members[number],
            [
                Cell(count, -(-SHADES * count // max(sum(row), 1)), column == number)
                for column, count in enumerate(row)
            ],
        )
        for number, row in enumerate(counts)
    ]


def confusions_of(members: Sequence[User], counts: Counts) -> list[Confusion]:
    """Return the most frequent confusions first."""
    found = [
        Confusion(members[number], members[column], count, sum(row))
        for number, row in enumerate(counts)
        for column, count in enumerate(row)
        if number != column and count
    ]
    return sorted(found, key=lambda pair: -pair.count)[:CONFUSIONS_SHOWN]


def _point(found: ReliabilityBin, tweets: int) -> Point:
    return Point(
        found,
        x=round(100 * found.mean_probability, 1),
        y=round(100 - 100 * found.share_right, 1),
        radius=round(1.5 + 7 * (found.count / tweets) ** 0.5, 1),
    )
