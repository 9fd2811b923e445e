"""Tables whose columns somebody has named by hand."""

import csv
from collections.abc import Mapping
from statistics import mode

from tweets.sources.records import SourceError
from tweets.sources.tables.table import Table, best_delimiter, data_lines

# What a column may hold, in words.
ROLES = {
    "text": "the text",
    "handle": "the author's handle",
    "author_name": "the author's name",
    "posted_at": "the date",
    "x_id": "the tweet's id",
    "link": "the tweet's address",
}


def parse_mapping(written: str) -> dict[str, str]:
    """Parse `text=3,handle=1` or `text=body,handle=who`. Raises ValueError."""
    found: dict[str, str] = {}
    for part in written.split(","):
        role, _, column = (piece.strip() for piece in part.partition("="))
        if role not in ROLES or not column:
            raise ValueError(
                f"“{part.strip()}” is not of the form text=3 or text=body; "
                f"there are {', '.join(ROLES)}."
            )
        found[role] = column
    if "text" not in found:
        raise ValueError("Say which column holds the text: text=3 or text=body.")
    return found


def mapped_table(head: str, mapping: Mapping[str, str]) -> Table:
    """Return a table with these columns, by name or by number from 1.

    Numbers stand for a table without a line of names. Raises SourceError if there is
    no such column.
    """
    lines = data_lines(head)[:20]
    delimiter = best_delimiter(lines)
    rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    numbered = all(column.isdecimal() for column in mapping.values())
    width = mode(map(len, rows)) if rows else 0
    header = _numbers(width) if numbered else column_names(rows[0] if rows else [])
    for column in mapping.values():
        if column not in header:
            shown = ", ".join(header[:20])
            raise SourceError(f"There is no column “{column}”: there are {shown}.")
    columns = {role: [column] for role, column in mapping.items()}
    return Table(header, delimiter, columns, "csv", has_header=not numbered)


def _numbers(width: int) -> list[str]:
    return [str(number) for number in range(1, width + 1)]


def column_names(first_row: list[str]) -> list[str]:
    """Name each column so that no other has its name, nor a number for a name."""
    names: list[str] = []
    for number, cell in enumerate(first_row, start=1):
        name = cell.strip()
        unclear = not name or name.isdecimal() or name in names
        names.append(f"{name} ({number})".strip() if unclear else name)
    return names
