"""A lock holds between processes, and a process that is killed gives it back."""

import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from pytest_django import Settings

from common.jobs.locks import locked, tried


def hold(name: str, ready: Connection) -> None:
    with locked(name):
        ready.send(True)
        time.sleep(60)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.INDEX_DIR = tmp_path


def test_a_killed_process_gives_its_lock_back() -> None:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=("a", theirs))
    process.start()
    assert ours.recv()
    with tried("a") as is_free:
        assert not is_free
    with tried("b") as is_free:
        assert is_free
    process.kill()
    process.join()
    with tried("a") as is_free:
        assert is_free


def test_a_lock_that_ends_with_an_error_is_free() -> None:
    with pytest.raises(ZeroDivisionError), locked("a"):
        _ = 1 / 0
    with tried("a") as is_free:
        assert is_free


def test_where_no_file_can_be_written_everybody_gets_the_lock(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.INDEX_DIR = tmp_path / "file"
    with locked("a"), tried("a") as is_free:
        assert is_free
