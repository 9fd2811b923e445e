"""Many texts at once: reading them from lines or a file, and writing CSV."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from common.spreadsheets import Cell
from prediction.serving.question import QuestionError, clean_text
from prediction.serving.result import Result

MAX_TEXTS = 500
COLUMNS = ["line", "text", "predicted", "probability", "none_of_these", "problem"]


class BatchError(ValueError):
    """The input holds no texts to answer; the message says why."""


@dataclass(frozen=True)
class Row:
    """A text, the line it is on, and its answer or the reason why there is none."""

    line: int
    text: str
    result: Result | None = None
    problem: str = ""


def texts_of_lines(pasted: str) -> list[str]:
    """Return one text per line that is not blank. Raises BatchError."""
    lines = [line for line in pasted.splitlines() if line.strip()]
    if not lines:
        raise BatchError("Enter at least one text, or choose a file")
    if len(lines) > MAX_TEXTS:
        raise BatchError(f"At most {MAX_TEXTS} texts; these are {len(lines):,}")
    return lines


def texts_of_file(name: str, content: bytes) -> list[str]:
    """Return the texts of a .txt, .csv or .jsonl file. Raises BatchError."""
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BatchError("The file is not UTF-8 text") from None
    read = {"csv": _csv_texts, "jsonl": _jsonl_texts}.get(name.lower().split(".")[-1])
    texts = list(read(decoded)) if read else decoded.splitlines()
    # A tweet may have line breaks of its own in CSV and JSON.
    return texts_of_lines("\n".join(" ".join(text.splitlines()) for text in texts))


def answer(
    texts: Sequence[str], predict: Callable[[Sequence[str]], Sequence[Result]]
) -> list[Row]:
    """Answer every text and return a row for each; a bad text does not stop the rest.

    Returns an empty list if `predict` fails.
    """
    cleaned: dict[int, str] = {}
    rows: dict[int, Row] = {}
    for line, text in enumerate(texts, 1):
        try:
            cleaned[line] = clean_text(text)
        except QuestionError as error:
            rows[line] = Row(line, text[:200], problem=error.message)
    results = predict(list(cleaned.values())) if cleaned else []
    if len(results) < len(cleaned):
        return []
    for (line, text), result in zip(cleaned.items(), results, strict=True):
        rows[line] = Row(line, text, result)
    return [rows[line] for line in sorted(rows)]


def table(rows: Iterable[Row]) -> Iterator[list[Cell]]:
    """Yield the columns' names, then the cells of each row."""
    yield [*COLUMNS]
    for row in rows:
        found = row.result
        answers: list[Cell] = (
            [
                found.best.user.handle,
                round(found.best.probability, 4),
                round(found.none_of_these.probability, 4),
            ]
            if found
            else ["", "", ""]
        )
        yield [row.line, row.text, *answers, row.problem]


def _csv_texts(content: str) -> Iterator[str]:
    """Yield the column named text or tweet, or else the first."""
    try:
        rows = list(csv.reader(StringIO(content)))
    except csv.Error as error:
        raise BatchError(f"The file is not readable as CSV: {error}") from None
    header = [name.strip().lower() for name in rows[0]] if rows else []
    named = [i for i, name in enumerate(header) if name in ("text", "tweet")]
    column = named[0] if named else 0
    for row in rows[bool(named) :]:
        if len(row) > column:
            yield row[column]


def _jsonl_texts(content: str) -> Iterator[str]:
    """Yield the JSON string, or the text of the object, on each line."""
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise BatchError(f"Line {number} of the file is not JSON") from None
        text = value.get("text") if isinstance(value, dict) else value
        if not isinstance(text, str):
            raise BatchError(f"Line {number} of the file has no text")
        yield text
