"""Checks of files and the disk."""

import importlib.util
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage

from hypotweet_site.operations.doctor.finding import Finding, State
from tweets.models.uploads import upload_storage

LOW_SPACE, FULL = 2 * 2**30, 200 * 2**20


def static_files() -> Finding:
    if not hasattr(staticfiles_storage, "hashed_files"):
        return Finding("static files", State.OK, "Served from their source folders.")
    fix = "python manage.py collectstatic --noinput"
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
    free = shutil.disk_usage(settings.BASE_DIR).free
    message = f"{free / 2**30:.1f} GB free."
    if free >= LOW_SPACE:
        return Finding("disk", State.OK, message)
    state = State.PROBLEM if free < FULL else State.WARNING
    fix = "Free some space: `manage.py prune`, old backups, logs."
    return Finding("disk", state, message, fix)


def uploads() -> Finding:
    storage = upload_storage()
    if not isinstance(storage, FileSystemStorage):
        return Finding("uploads", State.OK, "They are not stored on this machine.")
    folder = Path(storage.location)
    # The first upload creates the folder, so until then its parents count.
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding("uploads", State.OK, f"{folder} can be written to.")
    fix = f"Let the user that runs the site write to {folder}, or set UPLOAD_DIR."
    message = f"{there} cannot be written to, so uploading files fails."
    return Finding("uploads", State.PROBLEM, message, fix)
