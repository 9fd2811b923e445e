"""Files that can be built again at any time, in a folder that may be emptied."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings

UNFINISHED = ".part"
GIVEN_UP_AFTER = 24 * 60 * 60


def path_of(name: str) -> Path:
    """Where a file of that name lies."""
    return Path(settings.INDEX_DIR) / name


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file of one's own to write; it takes the place of `path` when the block ends.

    Processes that write at the same time do not disturb each other, and whoever reads
    sees one whole file. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{uuid4().hex}{UNFINISHED}")
    try:
        yield own
        own.replace(path)
    finally:
        own.unlink(missing_ok=True)


def drop_others(path: Path, pattern: str) -> None:
    """Deletes what else matches: earlier versions, and what was given up unfinished."""
    for other in path.parent.glob(pattern):
        if other != path and (other.suffix != UNFINISHED or _is_given_up(other)):
            other.unlink(missing_ok=True)


def _is_given_up(unfinished: Path) -> bool:
    try:
        return time.time() - unfinished.stat().st_mtime > GIVEN_UP_AFTER
    except FileNotFoundError:
        return False
