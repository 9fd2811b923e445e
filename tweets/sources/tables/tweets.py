"""Reads the tweets of a table."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

from tweets.sources.fields.columns import row_to_raw
from tweets.sources.fields.slashed_dates import as_iso, is_slashed
from tweets.sources.io.limits import Limits
from tweets.sources.records import Problem, RawTweet
from tweets.sources.tables.rows import read_rows
from tweets.sources.tables.table import Table


def table_tweets(
    stream: TextIO, table: Table, limits: Limits
) -> Iterator[RawTweet | Problem]:
    """Read a table's rows; a broken row does not affect the others."""
    for row in read_rows(stream, table, limits):
        yield row if isinstance(row, Problem) else _tweet(row[1], table, row[0])


def _tweet(row: list[str], table: Table, line: int) -> RawTweet | Problem:
    width = len(table.header)
    if any(cell.strip() for cell in row[width:]):
        return Problem(
            line,
            f"{len(row)} columns where {width} are expected: "
            "put cells that contain the delimiter in quotes",
        )
    cells = dict(zip(table.header, row, strict=False))
    raw = row_to_raw(cells, table.columns, line)
    if isinstance(raw.posted_at, str) and is_slashed(raw.posted_at):
        return replace(raw, posted_at=as_iso(raw.posted_at, table.day_first))
    return raw
