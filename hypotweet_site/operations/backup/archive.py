"""Writes a backup, and reads one after it has verified all of it."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from hypotweet_site.operations.backup.rows import TABLES, Row, name_of, rows_of

FORMAT, VERSION = "hypotweet-backup", 1
MANIFEST = "manifest.json"
_BLOCK = 2**20
# Far more than a row ever takes; keeps a hostile file from filling the memory.
_LONGEST_ROW = 64 * 2**20


class BackupError(Exception):
    """A file is no backup, or a damaged one; the message says what is wrong."""


@dataclass(frozen=True)
class Backup:
    """A verified backup: when it was made, and how many rows each table has."""

    path: Path
    made_at: datetime
    counts: dict[str, int]

    def rows(self, table: Any) -> Iterator[Row]:
        """Yield a table's rows."""
        name = name_of(table)
        if name not in self.counts:
            return
        with zipfile.ZipFile(self.path) as packed, packed.open(name) as lines:
            while line := lines.readline(_LONGEST_ROW):
                yield json.loads(line)


def write(path: Path) -> Backup:
    """Write all that cannot be built again to a new file, as of one moment.

    The file appears once it is complete, for its owner's eyes only. Raises
    FileExistsError or OSError.
    """
    if path.exists():
        raise FileExistsError(f"There is already a file {path}.")
    part = path.with_name(f"{path.name}.part")
    made_at = timezone.now()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(part, flags, 0o600), "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, _snapshot():
                files = {name_of(table): _write(packed, table) for table in TABLES}
                manifest = {
                    "format": FORMAT,
                    "version": VERSION,
                    "made_at": made_at.isoformat(),
                    "files": files,
                }
                packed.writestr(MANIFEST, json.dumps(manifest, indent=2))
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return Backup(path, made_at, {name: file["rows"] for name, file in files.items()})


def _write(packed: zipfile.ZipFile, table: Any) -> dict[str, Any]:
    count, digest = 0, hashlib.sha256()
    with packed.open(name_of(table), "w", force_zip64=True) as out:
        for row in rows_of(table):
            line = json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n"
            digest.update(line)
            out.write(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment, and keep nobody from writing meanwhile."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Django's own transactions would lock SQLite for writers.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def verify(path: Path) -> Backup:
    """Read a whole backup and compare it with its checksums. Raises BackupError."""
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = _manifest(packed)
            for name, file in manifest["files"].items():
                _check(packed, name, file)
        files = manifest["files"].items()
        counts = {name: int(file["rows"]) for name, file in files}
        return Backup(path, datetime.fromisoformat(manifest["made_at"]), counts)
    except OSError as error:
        raise BackupError(f"It cannot be read: {error.strerror or error}.") from error
    # zipfile raises many errors for damaged files besides its own.
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ArithmeticError, EOFError,
            LookupError, NotImplementedError, RuntimeError, ValueError, TypeError,
            AttributeError, zlib.error) as error:  # fmt: skip
        raise BackupError("It is no backup, or damaged.") from error


def _manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(packed.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise BackupError("It is no backup of HypoTweet.")
    if manifest["version"] != VERSION:
        raise BackupError(
            f"It has version {manifest['version']} of the format, and this version of "
            f"HypoTweet reads {VERSION}."
        )
    unknown = set(manifest["files"]) - {name_of(table) for table in TABLES}
    if unknown:
        raise BackupError(f"It holds {min(unknown)}, which this version does not know.")
    return manifest


def _check(packed: zipfile.ZipFile, name: str, file: dict[str, Any]) -> None:
    digest = hashlib.sha256()
    with packed.open(name) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != file["sha256"]:
        raise BackupError(f"It is damaged: {name} is not as it was written.")
