"""A batch as a table to take along: the file's own columns, then the answers."""

from collections.abc import Iterator, Sequence

from common.spreadsheets import Cell
from prediction.pages.batch.results import Results, Row

COLUMNS = ["predicted", "probability", "none_of_these", "problem"]
RIGHT = "right"


def cells_of(results: Results) -> Iterator[Sequence[Cell]]:
    """Yield the header, then a row for each text.

    A plain list of texts gets the column ``line`` before them. Where the file names the
    true authors, the last column says who is right.
    """
    table = results.table
    has_truth = table.author is not None
    answers = [*COLUMNS, RIGHT] if has_truth else COLUMNS
    own = ["line", *table.header] if table.is_list else table.header
    yield [*own, *_free(answers, own)]
    for row in results.rows:
        number: list[Cell] = [row.line] if table.is_list else []
        yield [*number, *row.cells, *_answer(row), *(_right(row) if has_truth else [])]


def _answer(row: Row) -> list[Cell]:
    if row.user is None:
        return ["", "", "", row.problem]
    shares = (round(share, 4) for share in (row.probability, row.none))
    return [row.user.handle, *shares, row.problem]


def _right(row: Row) -> list[Cell]:
    if not (row.truth and row.user):
        return [""]
    return ["yes" if row.is_right else "no"]


def _free(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Return names of columns that the file does not have itself."""
    folded = {name.lower() for name in taken}
    return [f"{name}_by_hypotweet" if name in folded else name for name in names]
