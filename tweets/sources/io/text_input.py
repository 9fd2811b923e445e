"""Turns bytes on disk or in an archive into text, within limits."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Protocol, TextIO

from tweets.sources.io.encodings import find_encoding, marked_encoding
from tweets.sources.io.limits import Limits
from tweets.sources.records import SourceError

GZIP_MARK = b"\x1f\x8b"
HEAD = 65_536

_BINARY_MARKS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format 3": "an SQLite database",
    b":\xa2eroots": "posts of Bluesky (a repository, CAR)",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file (save it as CSV)",
    b"7z\xbc\xaf": "a 7-Zip archive (unpack it first)",
    b"Rar!": "a RAR archive (unpack it first)",
    b"BZh": "a bzip2 file (unpack it first)",
    b"\xfd7zXZ": "an xz file (unpack it first)",
    b"(\xb5/\xfd": "a zstd file (unpack it first)",
    GZIP_MARK: "a file packed twice (unpack it first)",
    b"PK\x03\x04": "a zip inside another archive (unpack it first)",
}
# No text has them, in whatever encoding of a byte a character.
_CONTROLS = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile)


class ByteStream(Protocol):
    """The part of a binary file's interface that reading needs."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


Opener = Callable[[], ByteStream]


class TextInput:
    """A text of known encoding that can be opened any number of times.

    `open_bytes` opens the packed or plain bytes, and `packed` is their number. `damage`
    says what is wrong if the data broke off; everything before has been read. Raises
    SourceError for data that is no text, and while reading past a limit.
    """

    def __init__(self, open_bytes: Opener, packed: int, limits: Limits) -> None:
        self.damage: str | None = None
        self.limits = limits
        self._open_bytes = open_bytes
        self._packed = packed
        with self._open_guarded() as stream:
            head = stream.read(HEAD)
            refuse_binary(head)
        with self._open_guarded() as stream:
            self.encoding, self.notes = find_encoding(_chunks(stream))

    def open(self) -> TextIO:
        """Open the text from its start, with line ends unchanged."""
        return io.TextIOWrapper(
            self._open_guarded(), encoding=self.encoding, errors="replace", newline=""
        )

    def head(self) -> str:
        """Return the beginning of the text."""
        with self.open() as stream:
            return stream.read(HEAD)

    def _open_guarded(self) -> io.BufferedReader:
        raw = self._open_bytes()
        return io.BufferedReader(_Guard(raw, self), buffer_size=HEAD)

    def count(self, unpacked: int) -> None:
        """Raise SourceError if `unpacked` bytes are more than this input may have."""
        if unpacked > self.limits.unpacked:
            size = self.limits.unpacked // 1024**2
            raise SourceError(f"The file unpacks to more than {size:,} MB.")
        crammed = unpacked > self.limits.ratio * max(self._packed, 1)
        if unpacked > self.limits.ratio_from and crammed:
            raise SourceError(
                "The file unpacks to far more than any tweets would, so it is not read."
            )


class _Guard(io.RawIOBase):
    """Counts unpacked bytes, and ends the data where it is damaged."""

    def __init__(self, inner: ByteStream, owner: TextInput) -> None:
        self._inner = inner
        self._owner = owner
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._read(len(buffer))
        self._unpacked += len(data)
        self._owner.count(self._unpacked)
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        try:
            return self._inner.read(size)
        except _DAMAGE:
            self._owner.damage = "the packed data is damaged or cut off after this"
            return b""

    def close(self) -> None:
        self._inner.close()
        super().close()


def unpacked_opener(open_bytes: Opener) -> Opener:
    """Unpack gzip while reading, if the bytes begin like gzip."""
    with closing(open_bytes()) as stream:
        if stream.read(2) != GZIP_MARK:
            return open_bytes
    return lambda: _Unzipped(open_bytes())


class _Unzipped:
    """A gzip reader that closes the file below it."""

    def __init__(self, packed: ByteStream) -> None:
        self._packed = packed
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")  # type: ignore[call-overload]

    def read(self, size: int, /) -> bytes:
        # read1, since read would lose the data before the damage.
        return bytes(self._gzip.read1(size))

    def close(self) -> None:
        self._gzip.close()
        self._packed.close()


def refuse_binary(head: bytes) -> None:
    """Raise SourceError if the first bytes are not those of a text."""
    for mark, name in _BINARY_MARKS.items():
        if head.startswith(mark):
            raise SourceError(f"This is {name}, not a file of tweets.")
    if head[257:262] == b"ustar":
        raise SourceError(
            "This is a tar archive (unpack it first), not a file of tweets."
        )
    if marked_encoding(head[:4096]):
        return
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if head.count(0) > len(head) // 10 or controls > len(head) // 25:
        raise SourceError("This is not a text file.")


def _chunks(stream: io.BufferedReader) -> Iterator[bytes]:
    while chunk := stream.read(1024 * 1024):
        yield chunk
