"""The way in for files: finds out what a file is, and reads its tweets."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tweets.sources.checking import Checker
from tweets.sources.identifiers import parse_handle
from tweets.sources.inputs import ByteStream, TextInput, unpacked_opener
from tweets.sources.json_tweets import JSON_FORMATS, find_format, json_tweets
from tweets.sources.json_values import is_json, json_values
from tweets.sources.limits import Limits
from tweets.sources.lines import bounded_lines
from tweets.sources.records import Problem, RawTweet, SourceError, TweetRecord
from tweets.sources.tables import find_table, table_tweets

_TABLES = ("csv", "twint", "getoldtweets")
_JSON = tuple(known.name for known in JSON_FORMATS)
FORMATS = ("auto", *_JSON, *_TABLES, "lines")

RawReader = Callable[[], Iterator[RawTweet | Problem]]


class Source:
    """The tweets of one file; iterate over it as often as you like.

    `format` names what the file is; `notes` says what whoever brought the file should
    know, and is complete once an iteration has ended. Iterating raises SourceError
    where a limit is passed.
    """

    def __init__(
        self,
        format: str,  # noqa: A002 - the word for it everywhere
        read: RawReader,
        text: TextInput,
        handle: str | None,
    ) -> None:
        self.format = format
        self.notes = list(text.notes)
        self._read = read
        self._text = text
        self._handle = handle

    def __iter__(self) -> Iterator[TweetRecord | Problem]:
        checker = Checker(self._handle)
        for item in self._read():
            yield item if isinstance(item, Problem) else checker.check(item)
        if self._text.damage:
            yield Problem(None, self._text.damage)
        self.notes = [*self._text.notes, *_undated(checker.undated)]


def _undated(count: int) -> list[str]:
    return [f"{count:,} dates could not be read"] if count else []


def read_source(
    path: Path,
    format: str = "auto",  # noqa: A002 - the word for it everywhere
    handle: str | None = None,
    limits: Limits | None = None,
) -> Source:
    """Find out what a file is by its content, and get ready to read it.

    `handle` is the author where the file names none. Raises SourceError for what is
    not tweets, or not in the `format` asked for (one of FORMATS).
    """
    if format not in FORMATS:
        raise SourceError(f"There is no format “{format}”: use {', '.join(FORMATS)}.")
    limits = limits or Limits()
    author = _checked_handle(handle)
    try:
        text = _open(path, limits)
        head = text.head()
        if not head.strip("\ufeff\0 \t\r\n"):
            raise SourceError("The file is empty.")
        name, read = _find_reader(text, head, format, author)
    except OSError as error:
        raise SourceError(f"The file cannot be opened: {error.strerror}.") from error
    return Source(name, read, text, author)


def _checked_handle(handle: str | None) -> str | None:
    try:
        return parse_handle(handle)
    except ValueError as error:
        raise SourceError(f"The author: {error}.") from error


def _open(path: Path, limits: Limits) -> TextInput:
    size = path.stat().st_size
    if size > limits.file:
        raise SourceError(f"The file is larger than {limits.file // 1024**2:,} MB.")

    def open_file() -> ByteStream:
        return path.open("rb")

    return TextInput(unpacked_opener(open_file), size, limits)


def _find_reader(
    text: TextInput, head: str, wanted: str, handle: str | None
) -> tuple[str, RawReader]:
    if wanted == "lines":
        return "lines", _lines_reader(text, handle)
    if is_json(head) and wanted not in _TABLES:
        return _json_reader(text, head, wanted)
    if head.lstrip("\ufeff \t\r\n").startswith("<"):
        raise SourceError("This is a web page or XML, not a file of tweets.")
    return _table_reader(text, head, wanted, handle)


def _json_reader(text: TextInput, head: str, wanted: str) -> tuple[str, RawReader]:
    with text.open() as stream:
        name = find_format(json_values(stream, head, text.limits), wanted)

    def read() -> Iterator[RawTweet | Problem]:
        with text.open() as stream:
            values = json_values(stream, head, text.limits)
            yield from json_tweets(values, wanted)

    return name, read


def _table_reader(
    text: TextInput, head: str, wanted: str, handle: str | None
) -> tuple[str, RawReader]:
    table = find_table(head)
    if wanted not in {"auto", "csv", table.format}:
        raise SourceError(f"This file is not in the format {wanted}.")
    if not (table.names_author or handle):
        raise SourceError(
            "No column says who wrote the tweets: give the author's handle."
        )

    def read() -> Iterator[RawTweet | Problem]:
        with text.open() as stream:
            yield from table_tweets(stream, table, text.limits)

    return table.format, read


def _lines_reader(text: TextInput, handle: str | None) -> RawReader:
    if handle is None:
        raise SourceError("Lines of text name no author: give the author's handle.")

    def read() -> Iterator[RawTweet | Problem]:
        with text.open() as stream:
            lines = bounded_lines(stream, text.limits.line)
            for number, line in enumerate(lines, start=1):
                if line is None or line.strip():
                    yield RawTweet(text=(line or "").rstrip("\r\n"), line=number)

    return read
