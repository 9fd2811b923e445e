"""Checks of files and the disk."""

import importlib.util
import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.utils import timezone

from hypotweet_site.operations.doctor.finding import Finding, State, typed
from tweets.models.uploads import upload_storage

LOW_SPACE, FULL = 2 * 2**30, 200 * 2**20
LOCAL_HOSTS = ("", "localhost", "127.0.0.1", "::1")
POSTGRESQL = Path("/var/lib/postgresql")
OLDEST_BACKUP = timedelta(days=2)
# How the name of a backup ends that is not complete yet.
UNFINISHED = "part"


def static_files() -> Finding:
    if not hasattr(staticfiles_storage, "hashed_files"):
        return Finding("static files", State.OK, "Served from their source folders.")
    fix = typed("collectstatic --noinput")
    hashed = staticfiles_storage.hashed_files
    if not hashed:
        message = "Not collected: served without compression and caching."
        return Finding("static files", State.WARNING, message, fix)
    root = Path(settings.STATIC_ROOT)
    missing = [name for name in hashed.values() if not (root / name).is_file()]
    if missing:
        message = f"{len(missing)} are missing."
        return Finding("static files", State.PROBLEM, message, fix)
    return Finding("static files", State.OK, f"{len(hashed):,} collected.")


def spacy_pipeline() -> Finding:
    name = settings.SPACY_PIPELINE
    if name.startswith("blank:") or importlib.util.find_spec(name):
        return Finding("spaCy pipeline", State.OK, f"{name} is installed.")
    if Path(name).is_dir():
        return Finding("spaCy pipeline", State.OK, f"{name} is a folder.")
    fix = f"python -m spacy download {name}, or set SPACY_PIPELINE=blank:en"
    return Finding("spaCy pipeline", State.PROBLEM, f"{name} is not installed.", fix)


def disk() -> Finding:
    """Check the space on every disk that the site writes to."""
    places: dict[int, list[str]] = {}
    free: dict[int, int] = {}
    for name, folder in _folders().items():
        there = _nearest(folder)
        device = _device(there)
        places.setdefault(device, []).append(name)
        free[device] = shutil.disk_usage(there).free
    message = "; ".join(
        f"{free[device] / 2**30:.1f} GB free for {', '.join(names)}"
        for device, names in places.items()
    )
    least = min(free.values())
    if least >= LOW_SPACE:
        return Finding("disk", State.OK, f"{message}.")
    state = State.PROBLEM if least < FULL else State.WARNING
    fix = f"Free some space: {typed('prune')}, old backups, logs."
    return Finding("disk", state, f"{message}.", fix)


def _folders() -> dict[str, Path]:
    """Return what the site writes to on this machine. The disk of a database server
    elsewhere is not known here."""
    folders = {"the program": settings.BASE_DIR, "the index": settings.INDEX_DIR}
    storage = upload_storage()
    if isinstance(storage, FileSystemStorage):
        folders["uploads"] = Path(storage.location)
    database = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        folders["the database"] = Path(database["NAME"]).parent
    elif _is_local(database["HOST"]) and POSTGRESQL.is_dir():
        folders["the database"] = POSTGRESQL
    return folders


def _is_local(host: str) -> bool:
    return host in LOCAL_HOSTS or host.startswith("/")


def _device(path: Path) -> int:
    return path.stat().st_dev


def _nearest(folder: Path) -> Path:
    """Return the folder or, where it is not there yet, the nearest one above."""
    return next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))


def backups() -> Finding:
    """Check the age of the newest backup."""
    if settings.DEBUG:
        return Finding("backup", State.OK, "Not required while DEBUG is on.")
    if settings.BACKUP_DIR == "off":
        return Finding("backup", State.OK, "Made elsewhere, says BACKUP_DIR.")
    if not settings.BACKUP_DIR:
        fix = "Set BACKUP_DIR to the folder of your backups, or to off."
        return Finding("backup", State.WARNING, "No backup is known of.", fix)
    fix = "See “Backup and restore” in docs/operating.md."
    try:
        newest = _newest_backup(Path(settings.BACKUP_DIR))
    except OSError as error:
        message = f"{settings.BACKUP_DIR} cannot be read: {error.strerror}."
        return Finding("backup", State.PROBLEM, message, fix)
    if newest is None:
        message = f"There is none in {settings.BACKUP_DIR}."
        return Finding("backup", State.PROBLEM, message, fix)
    message = f"The newest is of {newest:%Y-%m-%d %H:%M} UTC."
    if timezone.now() - newest > OLDEST_BACKUP:
        return Finding("backup", State.PROBLEM, message, fix)
    return Finding("backup", State.OK, message)


def _newest_backup(folder: Path) -> datetime | None:
    """Return when the newest file was made that has something in it. The file of
    erasures may lie beside the backups, and is none."""
    erasures = Path(settings.ERASURES_FILE).name
    files = (p for p in folder.iterdir() if p.name != erasures)
    complete = (p for p in files if not p.name.endswith(UNFINISHED))
    found = [path.stat() for path in complete]
    times = [f.st_mtime for f in found if stat.S_ISREG(f.st_mode) and f.st_size]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def uploads() -> Finding:
    storage = upload_storage()
    if not isinstance(storage, FileSystemStorage):
        return Finding("uploads", State.OK, "They are not stored on this machine.")
    folder = Path(storage.location)
    # The first upload creates the folder, so until then its parents count.
    there = _nearest(folder)
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding("uploads", State.OK, f"{folder} can be written to.")
    fix = f"Let the user that runs the site write to {folder}, or set UPLOAD_DIR."
    message = f"{there} cannot be written to, so uploading files fails."
    return Finding("uploads", State.PROBLEM, message, fix)
