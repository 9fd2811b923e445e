"""Opens a file or folder of tweets: the entry point of this package."""

import stat
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from tweets.sources.detection import FORMATS, open_text
from tweets.sources.fields.identifiers import parse_handle
from tweets.sources.formats.archive import archive_tweets, find_archive, read_owner
from tweets.sources.formats.archive_profile import introduce_owner
from tweets.sources.io.containers import (
    ZIP_MARKS,
    Container,
    FolderContainer,
    ZipContainer,
)
from tweets.sources.io.limits import Limits
from tweets.sources.io.text_input import ByteStream, TextInput, unpacked_opener
from tweets.sources.records import NoAuthorError, RawTweet, SourceError
from tweets.sources.source import Opened, Source

__all__ = ["FORMATS", "Source", "read_source"]

_CHECKED_FIRST = 50


def read_source(
    path: Path,
    format: str = "auto",  # noqa: A002 - as in the command and the API
    handle: str | None = None,
    limits: Limits | None = None,
    columns: Mapping[str, str] | None = None,
) -> Source:
    """Detect the format of a file or folder by its content and prepare to read it.

    `handle` is the author if the file names none. `format` is one of FORMATS. `columns`
    names a table's columns by role, see `tables.mapping`. Raises
    SourceError if the file holds no tweets, or none in that format.
    """
    if format not in FORMATS:
        raise SourceError(f"There is no format “{format}”: use {', '.join(FORMATS)}.")
    author = _checked_handle(handle)
    try:
        opened = _open(path, format, limits or Limits(), columns)
        if author is None:
            _require_author(opened)
    except OSError as error:
        reason = error.strerror or error
        raise SourceError(f"The file cannot be read: {reason}.") from error
    return Source(opened, author)


def _checked_handle(handle: str | None) -> str | None:
    try:
        return parse_handle(handle)
    except ValueError as error:
        raise SourceError(f"The author: {error}.") from error


def _require_author(opened: Opened) -> None:
    """Raise SourceError if none of the first tweets names its author."""
    first = islice(opened.read(), _CHECKED_FIRST)
    tweets = [item for item in first if isinstance(item, RawTweet)]
    if tweets and not any(tweet.handle or tweet.author_x_id for tweet in tweets):
        raise NoAuthorError(opened.first_rows)


def _open(
    path: Path, wanted: str, limits: Limits, columns: Mapping[str, str] | None
) -> Opened:
    if path.is_dir():
        return _open_folder(path, wanted, limits)
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise SourceError("This is neither a file nor a folder.")
    if status.st_size > limits.file:
        raise SourceError(f"The file is larger than {limits.file // 1024**2:,} MB.")
    with path.open("rb") as stream:
        mark = stream.read(4)
    if mark in ZIP_MARKS:
        return _open_zip(ZipContainer(path, limits), wanted, limits, columns)
    return _open_file(path, status.st_size, wanted, limits, columns)


def _open_file(
    path: Path,
    size: int,
    wanted: str,
    limits: Limits,
    columns: Mapping[str, str] | None,
) -> Opened:
    def open_file() -> ByteStream:
        return path.open("rb")

    text = TextInput(unpacked_opener(open_file), size, limits)
    return open_text(text, wanted, columns)


def _open_folder(path: Path, wanted: str, limits: Limits) -> Opened:
    opened = _open_archive(FolderContainer(path, limits), wanted, limits)
    if opened is None:
        raise SourceError(
            "This folder is no X archive: it has no data/tweets.js. Import files of "
            "other formats one by one."
        )
    return opened


def _open_zip(
    container: ZipContainer,
    wanted: str,
    limits: Limits,
    columns: Mapping[str, str] | None,
) -> Opened:
    opened = _open_archive(container, wanted, limits)
    if opened is not None:
        return opened
    names = container.names
    if "[Content_Types].xml" in names:
        raise SourceError("This is an Excel or Word file: save it as CSV first.")
    if len(names) == 1:
        return open_text(container.text(names[0]), wanted, columns)
    if any(name.rpartition("/")[2] == "outbox.json" for name in names):
        raise SourceError("This is an export of Mastodon, not tweets.")
    if any(name.lower().endswith(".zip") for name in names):
        raise SourceError("The zip holds another zip: unpack it first.")
    raise SourceError("This zip is no X archive: it has no data/tweets.js.")


def _open_archive(container: Container, wanted: str, limits: Limits) -> Opened | None:
    files = find_archive(container, limits.unpacked)
    if files is None:
        return None
    if wanted not in {"auto", "archive"}:
        raise SourceError(f"This is an X archive, not a file in the format {wanted}.")
    parts = [container.text(name) for name in files.parts]
    notes = [container.text(name) for name in files.notes]
    owner = read_owner(container.text(files.owner)) if files.owner else None
    return Opened(
        "archive",
        lambda: archive_tweets(parts, notes, owner),
        [*parts, *notes],
        introduce_owner(container, files, owner) if owner else None,
    )
