"""Files that processes build again do not get in each other's way."""

import os
import time
from pathlib import Path

import pytest

from prediction.serving.index_files import ABANDONED_AFTER, drop_others, replacing


def test_two_processes_writing_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "map"
    with replacing(path) as one:
        one.write_text("one, begun")
        with replacing(path) as other:
            other.write_text("other")
        assert path.read_text() == "other"
        one.write_text("one, whole")
    assert path.read_text() == "one, whole"
    assert list(path.parent.iterdir()) == [path]


def write_half(path: Path) -> None:
    with replacing(path) as own:
        own.write_text("half")
        raise OSError("no space left")


def test_a_failed_write_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "map"
    path.write_text("earlier")
    with pytest.raises(OSError, match="no space left"):
        write_half(path)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_earlier_versions_and_abandoned_files_are_deleted(tmp_path: Path) -> None:
    now, earlier = tmp_path / "map-2", tmp_path / "map-1"
    under_way, given_up = tmp_path / "map-3.a.part", tmp_path / "map-2.b.part"
    stranger = tmp_path / "readme"
    for path in (now, earlier, under_way, given_up, stranger):
        path.touch()
    long_ago = time.time() - ABANDONED_AFTER - 1
    os.utime(given_up, (long_ago, long_ago))
    drop_others(now, "map-*")
    assert {*tmp_path.iterdir()} == {now, under_way, stranger}
