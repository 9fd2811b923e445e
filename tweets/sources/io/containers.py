"""Zips and folders, read in place and never unpacked to disk."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol, cast

from tweets.sources.io.limits import MIB, Limits
from tweets.sources.io.text_input import ByteStream, TextInput
from tweets.sources.records import SourceError

ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")

_DIRECTORY = 64 * MIB
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# For damaged directories zipfile raises many errors besides its own.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    ArithmeticError,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_PLACES = ("", "data", "js", "data/js", "tweets", "js/tweets", "data/js/tweets")
_PICTURES = ("profile_media", "data/profile_media")


class Container(Protocol):
    """Files by their paths, whose parts are separated by `/`."""

    names: list[str]

    def text(self, name: str) -> TextInput:
        """Return one file as text. Raises SourceError if it is no text."""
        ...

    def size(self, name: str) -> int:
        """Return the unpacked size of one file in bytes."""
        ...

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of one file. Raises SourceError if it is damaged."""
        ...


class ZipContainer:
    """The files of a zip. Raises SourceError for malicious or too large ones."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        _refuse_vast_directory(path)
        with _readable_zip(path) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
        if len(entries) > limits.entries:
            raise SourceError(f"The zip holds more than {limits.entries:,} files.")
        self._entries = {_safe_name(entry.filename): entry for entry in entries}
        if len(self._entries) < len(entries):
            raise SourceError("The zip holds two files of the same name.")
        self.names = list(self._entries)

    def size(self, name: str) -> int:
        return self._entries[name].file_size

    def head(self, name: str, size: int) -> bytes:
        with closing(_Member(self._path, self._entries[name])) as member:
            return member.read_up_to(size)

    def text(self, name: str) -> TextInput:
        entry = self._entries[name]
        if entry.flag_bits & 1:
            raise SourceError("The zip is protected by a password: unpack it first.")
        if entry.compress_type not in _METHODS:
            raise SourceError("The zip uses an unusual compression: unpack it first.")
        return TextInput(
            lambda: _Member(self._path, entry), entry.compress_size, self._limits
        )


class _Member:
    """A file in a zip, open together with the zip."""

    def __init__(self, path: Path, entry: zipfile.ZipInfo) -> None:
        self._zip = zipfile.ZipFile(path)
        try:
            self._file = cast(zipfile.ZipExtFile, self._zip.open(entry))
        except _ZIP_ERRORS as error:
            self._zip.close()
            raise SourceError("The zip is damaged.") from error

    def read(self, size: int, /) -> bytes:
        return self._file.read1(size)

    def read_up_to(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except _ZIP_ERRORS as error:
            raise SourceError("The zip is damaged.") from error

    def close(self) -> None:
        self._file.close()
        self._zip.close()


@contextmanager
def _readable_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as packed:
            yield packed
    except _ZIP_ERRORS as error:
        raise SourceError("The zip is damaged or incomplete.") from error


def _refuse_vast_directory(path: Path) -> None:
    """Check the size of a zip's directory before it is read into memory."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 65_557))
        tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    wide = tail.rfind(b"PK\x06\x06")
    if size == 0xFFFFFFFF and wide >= 0:
        size = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    if size > _DIRECTORY:
        raise SourceError("The zip lists far more files than any X archive.")


def _safe_name(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise SourceError(f"The zip contains a path outside of itself: {name[:80]!r}.")
    return "/".join(parts)


class FolderContainer:
    """The files of an unpacked X archive, from the folders that may hold tweets."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self.names = [
            name for place in _PLACES + _PICTURES for name in self._listed(place)
        ]

    def _listed(self, place: str) -> list[str]:
        folder = self._path / place
        if not folder.is_dir() or (folder.is_symlink() and place):
            return []
        return sorted(
            found.relative_to(self._path).as_posix()
            for found in folder.iterdir()
            if found.is_file() and not found.is_symlink()
        )

    def size(self, name: str) -> int:
        return (self._path / name).stat().st_size

    def head(self, name: str, size: int) -> bytes:
        with (self._path / name).open("rb") as stream:
            return stream.read(size)

    def text(self, name: str) -> TextInput:
        def open_file() -> ByteStream:
            return (self._path / name).open("rb")

        return TextInput(open_file, self.size(name), self._limits)
