"""Locks between processes, which a process that is killed gives back.

They are on files in `INDEX_DIR`, so they hold between all processes and threads of one
machine, for one database. Where the folder cannot be written to, everybody gets every
lock.
"""

import fcntl
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)

FOLDER = "locks"


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock; waits until it is free."""
    with _opened(name) as file:
        if file is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def tried(name: str) -> Iterator[bool]:
    """Hold a lock if it is free, and say whether it was."""
    with _opened(name) as file:
        try:
            if file is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO | None]:
    """Open the file of a lock; closing it gives the lock back."""
    path = Path(settings.INDEX_DIR) / FOLDER / f"{name}-{_database()}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb")
    except OSError:
        logger.warning("A lock could not be taken.", exc_info=True)
        yield None
        return
    with file:
        yield file


def _database() -> str:
    """Tell the databases of several sites apart."""
    used = [connection.settings_dict[part] for part in ("HOST", "PORT", "NAME")]
    return f"{zlib.crc32(repr(used).encode()):08x}"
