"""Many texts at once, read from lines, a table or JSON, with all of their columns."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice

from tweets.sources.fields.cleaning import clean_text
from tweets.sources.fields.columns import find_columns, plain_name
from tweets.sources.io.containers import ZIP_MARKS
from tweets.sources.io.limits import MIB, Limits
from tweets.sources.io.text_input import TextInput, unpacked_opener
from tweets.sources.records import SourceError

MAX_TEXTS = 500
MAX_COLUMNS = 100
LIMITS = Limits(file=2 * MIB, unpacked=8 * MIB)
# Each value takes some 100 bytes of memory, however few characters it has.
MAX_VALUES, MAX_ROWS = 300_000, 5_000
TABLES, JSON = {"csv", "tsv", "tab"}, {"jsonl", "json", "ndjson"}
TEXT = "text"

# What `str.splitlines` would yield, one at a time.
LINE = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")

_DELIMITERS = ",;\t|"
_AUTHORS = {"trueauthor", "realauthor", "truth", "writtenby"}
_NAMED = 12


class BatchError(ValueError):
    """The input holds no texts to answer; the message says why."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Table:
    """Texts with what stands beside them.

    Attributes
    ----------
    header
        Names of the columns; that of a plain list is ``text``.
    rows
        As many cells each as the header, numbered from 1.
    text, author
        Positions of the columns with the text, and with who really wrote it.
    is_list
        Whether the file has no columns of its own.
    """

    header: list[str]
    rows: list[list[str]]
    text: int = 0
    author: int | None = None
    is_list: bool = False

    @property
    def texts(self) -> list[str]:
        return [row[self.text] for row in self.rows]

    @property
    def authors(self) -> list[str]:
        """Return the named authors as lower-case handles; empty without a column."""
        if self.author is None:
            return []
        return [handle_of(row[self.author]) for row in self.rows]


@dataclass(frozen=True)
class Columns:
    """The columns that a visitor named; empty where they are to be found by name."""

    text: str = ""
    author: str = ""


def handle_of(cell: str) -> str:
    """Return a handle as it is compared: without case, blanks and ``@``."""
    return cell.strip().lstrip("@").lower()


def read_lines(pasted: str) -> Table:
    """Read one text per line that is not blank. Raises BatchError."""
    lines = (found[0] for found in LINE.finditer(pasted))
    return _list_of([*islice(filter(str.strip, lines), MAX_TEXTS + 1)])


def read_file(name: str, content: bytes, columns: Columns | None = None) -> Table:
    """Read a table, JSON or lines, by the file's name. Raises BatchError.

    Encodings and separators are those of imports.
    """
    if content.startswith(ZIP_MARKS):
        raise BatchError("This is an Excel file or a zip: save the table as CSV first")
    decoded = _decoded(content)
    columns = columns or Columns()
    kind = name.lower().removesuffix(".gz").rpartition(".")[2]
    if kind in JSON:
        return _from_json(decoded, columns)
    if kind in TABLES or _begins_like_a_table(decoded):
        return _from_table(decoded, columns)
    return read_lines(decoded)


def _decoded(content: bytes) -> str:
    opener = unpacked_opener(lambda: BytesIO(content))
    try:
        text = TextInput(opener, len(content), LIMITS)
        with text.open() as stream:
            return stream.read().lstrip("\ufeff").replace("\0", "")
    except SourceError as error:
        raise BatchError(str(error).removesuffix(".")) from None


def _list_of(texts: Sequence[str]) -> Table:
    rows = [[clean_text(text)] for text in texts if text.strip()]
    return _checked(Table([TEXT], rows, is_list=True))


def _checked(table: Table) -> Table:
    if not any(text.strip() for text in table.texts):
        raise BatchError("Enter at least one text, or choose a file")
    if len(table.rows) > MAX_TEXTS:
        raise BatchError(f"At most {MAX_TEXTS} texts; these are more")
    return table


def _begins_like_a_table(decoded: str) -> bool:
    first = decoded.lstrip().partition("\n")[0]
    try:
        (header,) = _split(first, _delimiter(first), 1)
    except BatchError:
        return False
    return len(header) > 1 and "text" in find_columns(header)


def _from_table(decoded: str, columns: Columns) -> Table:
    rows = _split(decoded, _delimiter(decoded), MAX_ROWS)
    rows = [row for row in rows if any(row)]
    if not rows:
        raise BatchError("Enter at least one text, or choose a file")
    header = [name.strip() for name in rows[0]]
    is_headed = "text" in find_columns(header) or bool(columns.text)
    if not is_headed and all(len(row) == 1 for row in rows):
        return _list_of([row[0] for row in rows])
    return _table(header, rows[1:], columns)


def _delimiter(decoded: str) -> str:
    """Return the separator that finds most columns of known names, or most at all."""
    head = decoded[:65_536]

    def known(delimiter: str) -> tuple[int, int]:
        try:
            header = [name.strip() for name in _split(head, delimiter, 1)[0]]
        except BatchError:
            return 0, 0
        return len(find_columns(header)), len(header)

    return max(_DELIMITERS, key=known)


def _split(text: str, delimiter: str, most: int) -> list[list[str]]:
    """Return the first rows. Raises BatchError."""
    reader = csv.reader(StringIO(text.lstrip(), newline=""), delimiter=delimiter)
    try:
        return list(islice(reader, most)) or [[]]
    except csv.Error as error:
        raise BatchError(f"The file is not readable as CSV: {error}") from None


def _table(header: list[str], rows: list[list[str]], columns: Columns) -> Table:
    if len(header) > MAX_COLUMNS:
        raise BatchError(f"At most {MAX_COLUMNS} columns; these are {len(header):,}")
    text = _text_column(header, columns.text)
    wide = len(header)
    for number, row in enumerate(rows, 1):
        if any(cell.strip() for cell in row[wide:]):
            raise BatchError(
                f"Row {number} has {len(row)} cells where the first line names {wide}: "
                "put cells that contain the separator in quotes"
            )
    cells = [
        [clean_text(cell) for cell in row[:wide]] + [""] * (wide - len(row))
        for row in rows
    ]
    return _checked(Table(header, cells, text, _author_column(header, columns.author)))


def _text_column(header: list[str], wanted: str) -> int:
    if wanted:
        return _named(header, wanted, "text_column")
    found = find_columns(header).get("text")
    if not found:
        raise BatchError(
            f"This table has no column with texts: found {_list(header)}. Call one of "
            "them “text”, or say below which one it is"
        )
    return header.index(found[0])


def _author_column(header: list[str], wanted: str) -> int | None:
    if wanted:
        return _named(header, wanted, "author_column")
    plain = [plain_name(name) for name in header]
    said = next((name for name in plain if name in _AUTHORS), None)
    if said:
        return plain.index(said)
    found = find_columns(header).get("handle")
    return header.index(found[0]) if found else None


def _named(header: list[str], wanted: str, field: str) -> int:
    folded = [name.strip().lower() for name in header]
    if wanted.strip().lower() not in folded:
        raise BatchError(f"There is no column “{wanted}”: found {_list(header)}", field)
    return folded.index(wanted.strip().lower())


def _list(header: list[str]) -> str:
    names = [f"“{name[:40]}”" for name in header[:_NAMED]]
    more = len(header) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _from_json(decoded: str, columns: Columns) -> Table:
    values = [_object(number, value) for number, value in _values(decoded)]
    if all(value.keys() == {TEXT} for value in values):
        return _list_of([_cell(value[TEXT]) for value in values])
    names: dict[str, None] = {}
    for value in values:
        names |= dict.fromkeys(value)
    if len(names) > MAX_COLUMNS:
        raise BatchError(f"At most {MAX_COLUMNS} columns; these are {len(names):,}")
    rows = [[_cell(value.get(name)) for name in names] for value in values]
    return _table([name.strip() for name in names], rows, columns)


def _values(decoded: str) -> list[tuple[int, object]]:
    """Return the elements of one list, or one value a line, each with its number."""
    if sum(map(decoded.count, "[{,")) > MAX_VALUES:
        raise BatchError("The file has far more values than texts may have")
    try:
        whole = json.loads(decoded)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, list):
        return list(enumerate(whole, 1))
    lines = enumerate(decoded.split("\n"), 1)
    return [(number, _parsed(line, number)) for number, line in lines if line.strip()]


def _parsed(line: str, number: int) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise BatchError(f"Line {number} of the file is not JSON") from None


def _object(number: int, value: object) -> dict[str, object]:
    if isinstance(value, str):
        return {TEXT: value}
    if isinstance(value, dict) and value:
        return value
    raise BatchError(f"Line {number} of the file has no text")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
