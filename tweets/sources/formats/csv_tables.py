"""CSV files of tweets, with a header line and any usual delimiter."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from tweets.sources.fields.columns import (
    Columns,
    find_columns,
    names_of,
    plain_name,
    row_to_raw,
)
from tweets.sources.io.limits import MIB, Limits
from tweets.sources.io.lines import bounded_lines
from tweets.sources.records import Problem, RawTweet, SourceError

_DELIMITERS = ",;\t|"
_LONGEST_CELL = 4 * MIB
TABLE_FORMATS = ("csv", "twint", "getoldtweets")

_TWINT = {"id", "conversationid", "tweet", "username"}
_GETOLDTWEETS = {"date", "text", "permalink", "retweets", "favorites"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table's header, delimiter, columns and format."""

    header: list[str]
    delimiter: str
    columns: Columns
    format: str


def find_table(head: str) -> Table:
    """Read the header in a text's first characters.

    Raises SourceError if no line names the columns.
    """
    lines = head.lstrip("\ufeff \t\r\n\0").splitlines(keepends=True)
    tables = [_table(lines[:20], delimiter) for delimiter in _DELIMITERS]
    best = max(tables, key=lambda table: len(table.columns))
    if "text" not in best.columns:
        raise SourceError(
            "This file holds no tweets in a known format. In a table the first line "
            f"must name the columns: one with the text ({names_of('text')}) and one "
            f"with the author ({names_of('handle')})."
        )
    return best


def _table(lines: list[str], delimiter: str) -> Table:
    try:
        header = next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        header = []
    header = [name.strip() for name in header]
    return Table(header, delimiter, find_columns(header), _format(header))


def _format(header: list[str]) -> str:
    names = {plain_name(name) for name in header}
    if names >= _TWINT:
        return "twint"
    return "getoldtweets" if names >= _GETOLDTWEETS else "csv"


def table_tweets(
    stream: TextIO, table: Table, limits: Limits
) -> Iterator[RawTweet | Problem]:
    """Read a table's rows; a broken row does not affect the others."""
    # The limit applies to the whole process, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    lines = (line or "" for line in bounded_lines(stream, limits.line))
    reader = csv.reader(_without_nul(lines), delimiter=table.delimiter)
    seen_header = False
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(start, f"broken table row: {error}")
            continue
        if not any(cell.strip() for cell in row):
            continue
        if seen_header:
            yield _row(row, table, start)
        seen_header = True


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)


def _row(row: list[str], table: Table, line: int) -> RawTweet | Problem:
    width = len(table.header)
    if any(cell.strip() for cell in row[width:]):
        return Problem(
            line,
            f"{len(row)} columns where the first line names {width}: "
            "put cells that contain the delimiter in quotes",
        )
    return row_to_raw(dict(zip(table.header, row, strict=False)), table.columns, line)
