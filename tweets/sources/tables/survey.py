"""Reads a whole table first, to decide how its quotes, dates and ids are meant."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

from tweets.sources.fields.dates import parse_date
from tweets.sources.fields.slashed_dates import DayOrder
from tweets.sources.io.limits import Limits
from tweets.sources.records import Problem
from tweets.sources.tables.rows import numbered_lines, read_rows
from tweets.sources.tables.table import Table, is_quoted, split_line

Opener = Callable[[], TextIO]

# A spreadsheet keeps fifteen digits and writes zeros for the others.
_ROUNDED = re.compile(r"\d{15}(0+)")
_LONG = re.compile(r"\d{16,}")
_TELLING_ZEROS = 6
_TELLING_NUMBERS = 10


def surveyed(table: Table, open_stream: Opener, limits: Limits) -> Table:
    """Return the table with what only all of its rows can tell."""
    quoted = _with_its_quotes(table, open_stream, limits)
    return _with_its_cells(quoted, open_stream, limits)


def _with_its_quotes(table: Table, open_stream: Opener, limits: Limits) -> Table:
    """Find out whether quotes inside texts are left as they are, as by GetOldTweets.

    Where they are, a line is a row, or else texts would lose quotes and gain others.
    """
    if len(table.header) < 3:
        return table
    end = re.escape(table.delimiter)
    undoubled = re.compile(rf'(?:^|{end})"(?:[^"]|"")*+"(?![{end}"\r\n]|$)')
    doubled = re.compile(rf'(?:^|{end})"[^"]*+""(?:[^"]|"")*+"(?=[{end}\r\n]|$)')
    odd = fitting = proper = quoted = 0
    place = table.header.index(table.columns["text"][0])
    as_it_is = replace(table, bare=True)
    with open_stream() as stream:
        lines = numbered_lines(stream, table, limits, [])
        if table.has_header:
            next(lines, None)
        for _, line in lines:
            if '"' not in line:
                continue
            if undoubled.search(line):
                odd += 1
                cells = split_line(line, as_it_is)
                fitting += _fits(cells, table)
                quoted += is_quoted(cells[min(place, len(cells) - 1)])
            elif doubled.search(line):
                proper += 1
    if fitting <= proper or fitting < 0.9 * odd:
        return table
    note = "quotes inside texts are not doubled: read line by line"
    bare = quoted < fitting
    return replace(table, by_line=True, bare=bare, notes=(*table.notes, note))


def _fits(row: list[str], table: Table) -> bool:
    if len(row) != len(table.header):
        return False
    dates = table.columns.get("posted_at", [])
    return all(_is_date(row[table.header.index(name)]) for name in dates[:1])


def _is_date(cell: str) -> bool:
    return DayOrder().see(cell) or parse_date(cell) is not None


def _with_its_cells(table: Table, open_stream: Opener, limits: Limits) -> Table:
    order, ids = DayOrder(), _Ids()
    date_at, id_at = _place(table, "posted_at"), _place(table, "x_id")
    with open_stream() as stream:
        for row in read_rows(stream, table, limits):
            if isinstance(row, Problem):
                continue
            cells = row[1]
            if date_at is not None and date_at < len(cells):
                order.see(cells[date_at])
            if id_at is not None and id_at < len(cells):
                ids.see(cells[id_at].strip())
    columns, notes = dict(table.columns), list(table.notes)
    if why := ids.are_wrong():
        del columns["x_id"]
        notes.append(why)
    if why := order.is_open():
        notes.append(why)
    return replace(
        table, columns=columns, notes=tuple(notes), day_first=order.day_first()
    )


def _place(table: Table, field: str) -> int | None:
    names = table.columns.get(field)
    return table.header.index(names[0]) if names else None


class _Ids:
    """What the ids of a table show: whether X gave them, or somebody else."""

    def __init__(self) -> None:
        self._rounded: set[str] = set()
        self._zeros = self._counted = 0
        self._intact = self._other = False
        self._last: int | None = None

    def see(self, cell: str) -> None:
        if not (cell.isascii() and cell.isdigit() and len(cell) < 20):
            return
        self._count(int(cell))
        if self._intact or not _LONG.fullmatch(cell):
            return
        found = _ROUNDED.fullmatch(cell)
        if found is None:
            self._intact = True
        elif self._zeros < _TELLING_ZEROS and cell not in self._rounded:
            self._rounded.add(cell)
            self._zeros += len(found[1])

    def _count(self, number: int) -> None:
        self._other = self._other or self._last not in (None, number - 1)
        self._last = number
        self._counted += 1

    def are_wrong(self) -> str:
        """Say why all ids have to be left out; empty if they may be X's."""
        if not self._intact and self._zeros >= _TELLING_ZEROS:
            return "ids rounded by a spreadsheet, left out"
        if not self._other and self._counted >= _TELLING_NUMBERS:
            return "ids that only number the rows, left out"
        return ""
