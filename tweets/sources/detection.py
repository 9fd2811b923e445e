"""Detects the format of a text: JSON, a table, or a file of an X archive."""

from collections.abc import Iterator, Mapping

from tweets.sources.formats.archive import archive_tweets
from tweets.sources.formats.archive_js import kind_of_js
from tweets.sources.formats.json_formats import JSON_FORMATS, find_format, json_tweets
from tweets.sources.io.json_values import is_json, json_values
from tweets.sources.io.lines import bounded_lines
from tweets.sources.io.text_input import TextInput
from tweets.sources.records import Problem, RawTweet, SourceError
from tweets.sources.source import Opened
from tweets.sources.tables.mapping import mapped_table
from tweets.sources.tables.survey import surveyed
from tweets.sources.tables.table import TABLE_FORMATS, Table, find_table, first_rows
from tweets.sources.tables.tweets import table_tweets

FORMATS = (
    "auto",
    *(known.name for known in JSON_FORMATS),
    *TABLE_FORMATS,
    "lines",
)

_BLANK = "\ufeff\0 \t\r\n"


def open_text(
    text: TextInput, wanted: str, mapping: Mapping[str, str] | None = None
) -> Opened:
    """Detect a text's format and prepare to read it. Raises SourceError."""
    head = text.head()
    start = head.lstrip(_BLANK)
    if not start:
        raise SourceError("The file is empty.")
    if mapping:
        return _open_table(text, mapped_table(head, mapping))
    if wanted == "lines":
        return _open_lines(text)
    if kind := kind_of_js(head):
        return _open_js(text, kind, wanted)
    if is_json(head) and wanted not in TABLE_FORMATS:
        return _open_json(text, head, wanted)
    if start.startswith("<") and "<rss" in start:
        raise SourceError("This is an RSS feed, as Nitter makes them, not tweets.")
    if start.startswith("<"):
        raise SourceError("This is a web page or XML, not a file of tweets.")
    table = find_table(head)
    if wanted not in {"auto", "csv", table.format}:
        raise SourceError(f"This file is not in the format {wanted}.")
    return _open_table(text, table)


def _open_js(text: TextInput, kind: str, wanted: str) -> Opened:
    if kind not in {"tweet", "tweets"}:
        what = kind.replace("_", " ").strip()
        raise SourceError(f"This is an X archive's file of {what}, not of tweets.")
    if wanted not in {"auto", "archive"}:
        raise SourceError(f"This file is not in the format {wanted}.")
    return Opened("archive", lambda: archive_tweets([text], [], None), [text])


def _open_json(text: TextInput, head: str, wanted: str) -> Opened:
    with text.open() as stream:
        name = find_format(json_values(stream, head, text.limits), wanted)

    def read() -> Iterator[RawTweet | Problem]:
        with text.open() as stream:
            values = json_values(stream, head, text.limits)
            yield from json_tweets(values, wanted)

    return Opened(name, read, [text])


def _open_table(text: TextInput, found: Table) -> Opened:
    table = surveyed(found, text.open, text.limits)

    def read() -> Iterator[RawTweet | Problem]:
        with text.open() as stream:
            yield from table_tweets(stream, table, text.limits)

    rows = first_rows(text.head())
    return Opened(table.format, read, [text], notes=table.notes, first_rows=rows)


def _open_lines(text: TextInput) -> Opened:
    def read() -> Iterator[RawTweet | Problem]:
        with text.open() as stream:
            lines = bounded_lines(stream, text.limits.line)
            for number, line in enumerate(lines, start=1):
                if line is None:
                    yield Problem(number, "the line is too long")
                elif line.strip():
                    yield RawTweet(text=line.rstrip("\r\n"), line=number)

    return Opened("lines", read, [text])
