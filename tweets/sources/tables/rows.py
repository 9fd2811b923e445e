"""Reads a table's rows, also around a quote that is never closed."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import TextIO

from tweets.sources.io.limits import MAX_TEXT, MIB, Limits
from tweets.sources.io.lines import bounded_lines
from tweets.sources.records import Problem
from tweets.sources.tables.table import Table, names_delimiter, split_line

Line = tuple[int, str]
Row = tuple[int, list[str]]

_LONGEST_CELL = 4 * MIB
_MOST_LINES = 2_000
_MOST_UNCLOSED = 20
_UNCLOSED = "a quote is opened and not closed: only this line is left out"


class _TooLongError(Exception):
    def __str__(self) -> str:
        return "it goes on and on"


class _Lines:
    """Numbered lines that can be put back; remembers those of the row being read."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self.row: list[Line] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.row.append(line)
        self._size += len(line[1])
        if len(self.row) > _MOST_LINES or self._size > 2 * _LONGEST_CELL:
            raise _TooLongError
        return line[1]

    def forget(self) -> None:
        self.row, self._size = [], 0

    def put_back(self) -> None:
        """Put back all lines of this row but its first."""
        self._again.extendleft(reversed(self.row[1:]))
        self.forget()


def read_rows(stream: TextIO, table: Table, limits: Limits) -> Iterator[Row | Problem]:
    """Yield the rows below the header: the cells, and the line it begins on."""
    too_long: list[int] = []
    rows = _table_rows(numbered_lines(stream, table, limits, too_long), table)
    if table.has_header:
        next(rows, None)
    for row in chain(rows, [None]):
        for number in too_long:
            yield Problem(number, "the line is too long")
        too_long.clear()
        if row:
            yield row


def numbered_lines(
    stream: TextIO, table: Table, limits: Limits, too_long: list[int]
) -> Iterator[Line]:
    """Number the lines; a row that is glued to the header gets a line of its own.

    A line that is `too_long` is noted there, and blank.
    """
    glued = table.glued
    for number, line in enumerate(bounded_lines(stream, limits.line), start=1):
        if line is None:
            too_long.append(number)
        text = (line or "").replace("\0", "")
        if number == 1 and names_delimiter(text):
            continue
        if glued and text.strip():
            yield number, text.removesuffix(glued) + "\n"
            yield number, glued
            glued = ""
        else:
            yield number, text


def _table_rows(lines: Iterator[Line], table: Table) -> Iterator[Row | Problem]:
    """Yield the cells of each row that is not blank."""
    # The limit applies to the whole process, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    if table.by_line:
        for number, line in lines:
            if line.strip():
                yield number, split_line(line, table)
        return
    yield from _csv_rows(_Lines(lines), table)


def _csv_rows(lines: _Lines, table: Table) -> Iterator[Row | Problem]:
    unclosed = 0
    reader = csv.reader(lines, delimiter=table.delimiter)
    while True:
        lines.forget()
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLongError) as error:
            if len(lines.row) == 1:
                yield Problem(lines.row[0][0], f"broken table row: {error}")
                reader = csv.reader(lines, delimiter=table.delimiter)
                continue
            row = []
        start = lines.row[0][0]
        if len(lines.row) > 1 and (not row or _swallowed_others(row, lines, table)):
            yield Problem(start, _UNCLOSED)
            unclosed += 1
            lines.put_back()
            if unclosed == _MOST_UNCLOSED:
                yield from _one_row_a_line(lines, table)
                return
            reader = csv.reader(lines, delimiter=table.delimiter)
        elif any(cell.strip() for cell in row):
            yield start, row


def _one_row_a_line(lines: _Lines, table: Table) -> Iterator[Row | Problem]:
    as_it_is = replace(table, bare=True)
    for line in lines:
        number = lines.row[0][0]
        lines.forget()
        try:
            row = next(csv.reader([line], delimiter=table.delimiter, strict=True), [])
        except csv.Error:
            row = split_line(line, as_it_is)
        if any(cell.strip() for cell in row):
            yield number, row


def _swallowed_others(row: list[str], lines: _Lines, table: Table) -> bool:
    """Return whether a row over several lines is several rows and an open quote.

    A tweet may well have lines that look like rows, so this takes more: too many cells,
    a text longer than any tweet, a quote that is still open at the file's end, or one
    that closes in the middle of a cell.
    """
    width = len(table.header)
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        return True
    if len(max(row, key=len)) > MAX_TEXT or _breaks_rules(lines.row, table.delimiter):
        return any(_is_a_row(line, table) for _, line in lines.row[1:])
    return False


def _breaks_rules(lines: list[Line], delimiter: str) -> bool:
    texts = (line for _, line in lines)
    try:
        list(csv.reader(texts, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _is_a_row(line: str, table: Table) -> bool:
    cells = next(csv.reader([line], delimiter=table.delimiter), [])
    return len(cells) == len(table.header)
