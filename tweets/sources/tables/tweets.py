"""Reads the tweets of a table."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TextIO

from tweets.sources.fields.columns import row_to_raw
from tweets.sources.fields.slashed_dates import as_iso, day_comes_first, is_slashed
from tweets.sources.io.limits import Limits
from tweets.sources.io.lines import bounded_lines
from tweets.sources.records import Problem, RawTweet
from tweets.sources.tables.rows import Line, Row, table_rows
from tweets.sources.tables.table import Table

_CHECKED_FIRST = 50


def table_tweets(
    stream: TextIO, table: Table, limits: Limits
) -> Iterator[RawTweet | Problem]:
    """Read a table's rows; a broken row does not affect the others."""
    for row in _rows(stream, table, limits):
        yield row if isinstance(row, Problem) else _tweet(row[1], table, row[0])


def with_its_dates(
    table: Table, open_stream: Callable[[], TextIO], limits: Limits
) -> Table:
    """Find out whether dates such as 3/4/2024 begin with the day.

    One date that can be read in one way only decides for its column, wherever in the
    file it stands.
    """
    if "posted_at" not in table.columns:
        return table
    place = table.header.index(table.columns["posted_at"][0])
    slashed = 0
    with open_stream() as stream:
        for number, row in enumerate(_rows(stream, table, limits)):
            if number == _CHECKED_FIRST and not slashed:
                break
            if isinstance(row, Problem) or len(row[1]) <= place:
                continue
            if is_slashed(row[1][place]):
                slashed += 1
                first = day_comes_first(row[1][place])
                if first is not None:
                    return replace(table, day_first=first)
    if not slashed:
        return table
    note = "dates such as 3/4/2024 could be read in two ways, and are left out"
    return replace(table, notes=(*table.notes, note))


def _rows(stream: TextIO, table: Table, limits: Limits) -> Iterator[Row | Problem]:
    rows = table_rows(_numbered(stream, table, limits), table)
    if table.has_header:
        next(rows, None)
    return rows


def _numbered(stream: TextIO, table: Table, limits: Limits) -> Iterator[Line]:
    """Number the lines; a row that is glued to the header gets a line of its own."""
    glued = table.glued
    for number, line in enumerate(bounded_lines(stream, limits.line), start=1):
        text = (line or "").replace("\0", "")
        yield number, text
        if glued and text.strip():
            yield number, glued
            glued = ""


def _tweet(row: list[str], table: Table, line: int) -> RawTweet | Problem:
    width = len(table.header)
    if any(cell.strip() for cell in row[width:]):
        return Problem(
            line,
            f"{len(row)} columns where the first line names {width}: "
            "put cells that contain the delimiter in quotes",
        )
    cells = dict(zip(table.header, row, strict=False))
    raw = row_to_raw(cells, table.columns, line)
    if isinstance(raw.posted_at, str) and is_slashed(raw.posted_at):
        return replace(raw, posted_at=as_iso(raw.posted_at, table.day_first))
    return raw
