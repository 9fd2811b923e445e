"""What a table's beginning says: its columns, and how its rows are written."""

import csv
from dataclasses import dataclass, replace
from io import StringIO
from statistics import median_low

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
_COMPARED = 20
_SENTIMENT140 = ("polarity", "id", "date", "query", "username", "text")


@dataclass(frozen=True, slots=True)
class Table:
    """How to read a table.

    `header` names the columns. `line_of_header` counts lines that are not blank; None
    for a table without one. `glued` is the first row if it stands on the header's
    line. A table `by_line` has a row on each line, with quotes in texts as they are;
    if its texts are `bare`, quotes around them are their own.
    """

    header: list[str]
    delimiter: str
    columns: Columns
    format: str
    has_header: bool = True
    glued: str = ""
    by_line: bool = False
    bare: bool = False
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
    if any(cell.startswith("at://did:") for row in first_rows(head) for cell in row):
        raise SourceError("This file holds posts of Bluesky, not tweets.")
    if "text" not in best.columns:
        raise UnknownTableError(first_rows(head))
    return best


def first_rows(head: str, count: int = 4) -> list[list[str]]:
    """Split a text's first rows at whichever delimiter splits them best."""
    lines = data_lines(head)[:_COMPARED]
    return list(csv.reader(lines, delimiter=best_delimiter(lines)))[:count]


def best_delimiter(lines: list[str]) -> str:
    """Return the delimiter that splits most of these lines into most cells."""

    def usual_width(delimiter: str) -> float:
        return median_low([len(row) for row in _rows(lines, delimiter)] or [0])

    return max(DELIMITERS, key=usual_width)


def _rows(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def split_line(line: str, table: Table) -> list[str]:
    """Split a line of a table `by_line`; only its text may contain the delimiter."""
    place = table.header.index(table.columns["text"][0])
    before = line.rstrip("\r\n").split(table.delimiter, place)
    after = before[-1].rsplit(table.delimiter, len(table.header) - place - 1)
    cells = [_unquoted(cell) for cell in [*before[:-1], *after]]
    if table.bare:
        cells[len(before) - 1] = after[0]
    return cells


def data_lines(head: str) -> list[str]:
    """Return the lines that are not blank; the last one may be cut off."""
    # Texts may contain other line ends, such as U+2028.
    text = head.replace("\0", "").lstrip("\ufeff \t\r\n")
    lines = StringIO(text, newline="")
    return [line for line in lines if line.strip() and not names_delimiter(line)]


def names_delimiter(line: str) -> bool:
    """Return whether this is the line `sep=;` that some programs put first."""
    start, _, rest = line.strip().strip('"').partition("=")
    return start.lower() == "sep" and len(rest) <= 1


def _unquoted(cell: str) -> str:
    return cell[1:-1] if is_quoted(cell) else cell


def is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


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
    line = lines[0] if lines else ""
    cells = line.split(table.delimiter)
    others = {len(row) for row in _rows(lines[1:], table.delimiter)}
    for width in sorted(others & set(range(3, len(cells) // 2 + 2))):
        cell = cells[width - 1].strip()
        name = next((n for n in KNOWN_NAMES if cell.lower().startswith(n)), "")
        if not name or plain_name(cell) in KNOWN_NAMES:
            continue
        header = [*(other.strip() for other in cells[: width - 1]), cell[: len(name)]]
        columns = find_columns(header)
        if "text" not in columns:
            continue
        before = table.delimiter.join(cells[: width - 1]) + table.delimiter
        at = len(before) + line[len(before) :].lower().index(name) + len(name)
        return replace(
            table,
            header=header,
            columns=columns,
            format=_format(header),
            glued=line[at:],
            notes=("the first row stood on the line of the column names",),
        )
    return table


def _format(header: list[str]) -> str:
    names = {plain_name(name) for name in header}
    if names >= _TWINT:
        return "twint"
    return "getoldtweets" if names >= _GETOLDTWEETS else "csv"
