"""A folder is a room: little enough stands in it to see it all at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import ROOT

FLOORS = ("hypotweet_site", "prediction", "tweets", "accounts", "common")
MOST_THINGS, MOST_LINES = 16, 400
# Django asks for these by name, so nobody looks for them.
EXPECTED = {"migrations", "management", "templatetags", "apps.py", "urls.py"}
NOT_COUNTED = {*EXPECTED, "tests", "__init__.py", "__pycache__"}


def rooms() -> Iterator[Path]:
    for floor in FLOORS:
        yield ROOT / floor
        for path in (ROOT / floor).rglob("*/"):
            inside = set(path.relative_to(ROOT).parts)
            if path.is_dir() and not NOT_COUNTED & inside:
                yield path


def sources() -> Iterator[Path]:
    yield from ROOT.glob("*.py")
    for folder in (*FLOORS, "tests", "benchmarks"):
        yield from (ROOT / folder).rglob("*.py")


@pytest.mark.parametrize(
    "room", [*rooms()], ids=lambda room: str(room.relative_to(ROOT))
)
def test_no_room_holds_more_than_sixteen_things(room: Path) -> None:
    things = sorted({path.name for path in room.iterdir()} - NOT_COUNTED)
    assert len(things) <= MOST_THINGS, things


def test_no_source_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert len(lengths) > 300
    assert [path for path, length in lengths.items() if length > MOST_LINES] == []
