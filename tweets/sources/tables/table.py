"""What a table's beginning says: its columns, and how its rows are written."""

import csv
import re
from dataclasses import dataclass, replace

from tweets.sources.fields.columns import (
    KNOWN_NAMES,
    Columns,
    find_columns,
    names_of,
    plain_name,
)
from tweets.sources.fields.dates import parse_date
from tweets.sources.records import SourceError

DELIMITERS = ",;\t|"
TABLE_FORMATS = ("csv", "twint", "getoldtweets", "sentiment140")

_TWINT = {"id", "conversationid", "tweet", "username"}
_GETOLDTWEETS = {"date", "text", "permalink", "retweets", "favorites"}
_SENTIMENT140 = ("polarity", "id", "date", "query", "username", "text")
_ROUNDED = re.compile(r"\d{12,}000")
_FEWEST_IDS = 5


@dataclass(frozen=True, slots=True)
class Table:
    """How to read a table.

    `header` names the columns. `line_of_header` counts lines that are not blank; None
    for a table without one. `glued` is the first row if it stands on the header's
    line. A table `by_line` has a row on each line, with quotes in texts as they are.
    """

    header: list[str]
    delimiter: str
    columns: Columns
    format: str
    has_header: bool = True
    glued: str = ""
    by_line: bool = False
    day_first: bool | None = None
    notes: tuple[str, ...] = ()


class UnknownTableError(SourceError):
    """A table whose columns nobody has named; a single column is no table."""

    def __init__(self, rows: list[list[str]]) -> None:
        super().__init__(
            "This file holds no tweets in a known format. In a table the first line "
            f"must name the columns: one with the text ({names_of('text')}) and one "
            f"with the author ({names_of('handle')})."
        )
        self.first_rows = rows
        self.can_be_helped = max(map(len, rows), default=0) > 1


def find_table(head: str) -> Table:
    """Read the columns from a text's first characters.

    Raises UnknownTableError if no line names them.
    """
    lines = data_lines(head)
    if _is_sentiment140(lines):
        columns = find_columns(_SENTIMENT140)
        header = list(_SENTIMENT140)
        return Table(header, ",", columns, "sentiment140", has_header=False)
    tables = [_table(lines[:20], delimiter) for delimiter in DELIMITERS]
    best = max(tables, key=lambda table: len(table.columns))
    if "text" not in best.columns:
        raise UnknownTableError(first_rows(head))
    return _without_rounded_ids(_with_its_quotes(best, lines), lines)


def first_rows(head: str, count: int = 4) -> list[list[str]]:
    """Split a text's first lines at whichever delimiter splits them best."""
    lines = data_lines(head)[:count]
    ways = [list(csv.reader(lines, delimiter=way)) for way in DELIMITERS]
    return max(ways, key=lambda rows: min(map(len, rows), default=0))


def split_line(line: str, table: Table) -> list[str]:
    """Split a line of a table `by_line`; only its text may contain the delimiter."""
    place = table.header.index(table.columns["text"][0])
    before = line.rstrip("\r\n").split(table.delimiter, place)
    after = before[-1].rsplit(table.delimiter, len(table.header) - place - 1)
    return [_unquoted(cell) for cell in [*before[:-1], *after]]


def data_lines(head: str) -> list[str]:
    """Return the lines that are not blank; the last one may be cut off."""
    lines = head.lstrip("\ufeff \t\r\n\0").splitlines(keepends=True)
    return [line for line in lines if line.strip()]


def _unquoted(cell: str) -> str:
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1] if quoted else cell


def _is_sentiment140(lines: list[str]) -> bool:
    """Return whether these are rows of polarity, id, date, query, author and text."""
    rows = list(csv.reader(lines[:3]))
    return bool(rows) and all(
        len(row) == len(_SENTIMENT140)
        and row[0] in {"0", "2", "4"}
        and row[1].isdigit()
        and parse_date(row[2])
        for row in rows
    )


def _table(lines: list[str], delimiter: str) -> Table:
    try:
        header = next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        header = []
    header = [name.strip() for name in header]
    table = Table(header, delimiter, find_columns(header), _format(header))
    return _unglued(table, lines)


def _unglued(table: Table, lines: list[str]) -> Table:
    """Take a first row off the header's line, where a line end is missing."""
    width = (len(table.header) + 1) // 2
    if len(lines) < 2 or len(table.header) % 2 == 0 or width < 3:
        return table
    others = csv.reader(lines[1:], delimiter=table.delimiter)
    cell = table.header[width - 1]
    if plain_name(cell) in KNOWN_NAMES or width not in map(len, others):
        return table
    name = next((n for n in KNOWN_NAMES if cell.lower().startswith(n)), "")
    if not name or len(name) == len(cell):
        return table
    parts = lines[0].split(table.delimiter, width - 1)
    at = parts[-1].lower().index(name) + len(name)
    header = [*table.header[: width - 1], cell[: len(name)]]
    return replace(
        table,
        header=header,
        columns=find_columns(header),
        format=_format(header),
        glued=parts[-1][at:],
        notes=("the first row stood on the line of the column names",),
    )


def _format(header: list[str]) -> str:
    names = {plain_name(name) for name in header}
    if names >= _TWINT:
        return "twint"
    return "getoldtweets" if names >= _GETOLDTWEETS else "csv"


def _with_its_quotes(table: Table, lines: list[str]) -> Table:
    """Find out whether quotes inside texts are left as they are, as by GetOldTweets.

    Where they are, a line is a row, or else texts would lose quotes and gain others.
    """
    if "text" not in table.columns or len(table.header) < 3:
        return table
    end = re.escape(table.delimiter)
    undoubled = re.compile(rf'(?:^|{end})"(?:[^"]|"")*"(?![{end}"\r\n]|$)')
    odd = [line for line in lines[1:-1] if undoubled.search(line)]
    rows = [split_line(line, table) for line in odd]
    fitting = [row for row in rows if _fits(row, table)]
    if not odd or len(fitting) < 0.9 * len(odd):
        return table
    note = "quotes inside texts are not doubled: read line by line"
    return replace(table, by_line=True, notes=(*table.notes, note))


def _fits(row: list[str], table: Table) -> bool:
    if len(row) != len(table.header):
        return False
    dates = table.columns.get("posted_at", [])
    return all(parse_date(row[table.header.index(name)]) for name in dates[:1])


def _without_rounded_ids(table: Table, lines: list[str]) -> Table:
    """Leave out ids whose last digits a spreadsheet has replaced by zeros."""
    if "x_id" not in table.columns:
        return table
    place = table.header.index(table.columns["x_id"][0])
    rows = list(csv.reader(lines[1:-1], delimiter=table.delimiter))
    ids = [row[place].strip() for row in rows if len(row) > place]
    long = [value for value in ids if value.isdigit() and len(value) >= 16]
    if len(long) < _FEWEST_IDS or not all(map(_ROUNDED.fullmatch, long)):
        return table
    columns = {field: cols for field, cols in table.columns.items() if field != "x_id"}
    note = "ids rounded by a spreadsheet, left out"
    return replace(table, columns=columns, notes=(*table.notes, note))
