"""Files that are there as a whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

UNFINISHED = ".part"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file of one's own to write; it takes the place of `path` when the block ends.

    Processes that write at the same time do not disturb each other, and whoever reads
    sees one whole file. Raises OSError.
    """
    own = path.with_name(f"{path.name}.{uuid4().hex}{UNFINISHED}")
    try:
        yield own
        own.replace(path)
    finally:
        own.unlink(missing_ok=True)
