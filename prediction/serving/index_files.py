"""Files that can be rebuilt at any time, in a folder that may be emptied."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from prediction.engine import storage
from prediction.engine.storage import UNFINISHED
from prediction.models import Background

# The ranking index, and the map.
PATTERNS = ("everyone-*", "map-*")
HEAVY = ("sample", "weighting")
ABANDONED_AFTER = 24 * 60 * 60


def path_of(name: str) -> Path:
    """Return the path of a file in the folder."""
    return Path(settings.INDEX_DIR) / name


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Like `storage.replacing`, in a folder that is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with storage.replacing(path) as own:
        yield own


def drop_others(path: Path, pattern: str) -> None:
    """Delete other files that match: earlier versions and abandoned unfinished ones."""
    for other in path.parent.glob(pattern):
        if other != path and (other.suffix != UNFINISHED or _is_abandoned(other)):
            other.unlink(missing_ok=True)


def drop_all() -> None:
    """Delete all files, unfinished ones too: somebody in them was erased."""
    for pattern in PATTERNS:
        for file in Path(settings.INDEX_DIR).glob(pattern):
            file.unlink(missing_ok=True)


def drop_outdated(dry_run: bool = False) -> int:
    """Delete files that belong to no version as it is now, and abandoned unfinished
    ones; count them.

    An erasure on another machine leaves such files here.
    """
    stems = [version.file_stem for version in Background.objects.defer(*HEAVY)]
    found = [
        file
        for pattern in PATTERNS
        for file in Path(settings.INDEX_DIR).glob(pattern)
        if _is_outdated(file, stems)
    ]
    if not dry_run:
        for file in found:
            file.unlink(missing_ok=True)
    return len(found)


def _is_outdated(file: Path, stems: list[str]) -> bool:
    if file.suffix == UNFINISHED:
        return _is_abandoned(file)
    return not any(f"-{stem}{end}" in file.name for stem in stems for end in "-.")


def _is_abandoned(unfinished: Path) -> bool:
    try:
        return time.time() - unfinished.stat().st_mtime > ABANDONED_AFTER
    except FileNotFoundError:
        return False
