"""The answers to a batch as a page shows them: counted, sorted and filtered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from prediction.batches.tables import Table
from prediction.batches.work import RowAnswer
from prediction.models import Batch
from tweets.models import User

# Servers take addresses of some 4,000 characters.
LONGEST_GROUP = 150


@dataclass(frozen=True)
class Row:
    """A text, and its answer or the reason why there is none.

    Attributes
    ----------
    share
        The probability that the winner wrote it, where nobody of the group may have.
    truth
        The author whom the file names, as a lower-case handle; empty if it names none.
    """

    line: int
    text: str
    cells: Sequence[str]
    user: User | None
    probability: float
    share: float
    none: float
    flag: bool
    wrote: User | None
    truth: str
    problem: str

    @property
    def is_right(self) -> bool:
        return self.user is not None and self.user.handle.lower() == self.truth


@dataclass(frozen=True)
class Total:
    """How many texts went to one person; to nobody, without a user."""

    user: User | None
    count: int
    share: float


class Results:
    """The rows of an answered batch.

    A user who is gone by now, or no longer listed, is nowhere among them.
    """

    def __init__(self, batch: Batch, table: Table) -> None:
        self.batch, self.table = batch, table
        answers = [RowAnswer(**stored) for stored in batch.answers]
        self.members = list(batch.group.all())
        named = {answer.wrote for answer in answers if answer.wrote}
        self._users = {user.pk: user for user in self.members}
        outside = User.objects.listed().filter(pk__in=named)
        self._users |= {user.pk: user for user in outside}
        authors = table.authors or [""] * len(table.rows)
        self.rows = [
            self._row(*found)
            for found in zip(
                range(1, len(answers) + 1), table.rows, answers, authors, strict=False
            )
        ]

    def _row(self, line: int, cells: list[str], answer: RowAnswer, truth: str) -> Row:
        return Row(
            line=line,
            text=cells[self.table.text],
            cells=cells,
            user=self._users.get(answer.who or 0),
            probability=answer.probability,
            share=answer.probability * (1 - answer.none),
            none=answer.none,
            flag=answer.flag,
            wrote=self._users.get(answer.wrote or 0),
            truth=truth,
            problem=answer.problem,
        )

    @cached_property
    def answered(self) -> list[Row]:
        return [row for row in self.rows if row.user]

    @cached_property
    def totals(self) -> list[Total]:
        """Count texts per person, the most first, and nobody's last."""
        counts = Counter(
            row.user.pk for row in self.answered if row.user and not row.flag
        )
        flagged = sum(row.flag for row in self.answered)
        whole = max(len(self.answered), 1)
        people = [
            Total(self._users[pk], count, count / whole)
            for pk, count in counts.most_common()
        ]
        return [*people, Total(None, flagged, flagged / whole)] if flagged else people

    @property
    def asked(self) -> dict[str, Any]:
        """Return the question but its text, to ask about one of the texts alone; empty
        for too many people to stand in an address."""
        if len(self.members) > LONGEST_GROUP:
            return {}
        return {
            "users": [user.handle for user in self.members],
            "style_only": self.batch.style_only,
            "engine": self.batch.engine,
        }

    @property
    def problems(self) -> int:
        return sum(bool(row.problem) for row in self.rows)


NOBODY, PROBLEMS = "nobody", "problems"
SORTS = {
    "line": "as in the file",
    "sure": "surest first",
    "unsure": "least sure first",
    "person": "by person",
}
LEAST = {
    "": "however sure",
    "50": "50% or more",
    "80": "80% or more",
    "95": "95% or more",
}
VERDICTS = {"": "right and wrong", "right": "right only", "wrong": "wrong only"}


@dataclass(frozen=True)
class View:
    """Which rows to show, and in which order; what is unknown means all."""

    who: str = ""
    least: str = ""
    verdict: str = ""
    words: str = ""
    sort: str = "line"

    def choose(self, rows: Iterable[Row]) -> list[Row]:
        return self._sorted([row for row in rows if self._shows(row)])

    def _shows(self, row: Row) -> bool:
        least = int(self.least) / 100 if self.least in LEAST and self.least else 0
        return (
            self._is_whose(row)
            and row.share >= least
            and self.words.lower() in row.text.lower()
            and self._has_verdict(row)
        )

    def _is_whose(self, row: Row) -> bool:
        if self.who == NOBODY:
            return row.flag
        if self.who == PROBLEMS:
            return bool(row.problem)
        if not self.who:
            return True
        return row.user is not None and row.user.handle == self.who and not row.flag

    def _has_verdict(self, row: Row) -> bool:
        if self.verdict not in ("right", "wrong"):
            return True
        return bool(row.truth) and row.is_right == (self.verdict == "right")

    def _sorted(self, rows: list[Row]) -> list[Row]:
        if self.sort in ("sure", "unsure"):
            sign = -1 if self.sort == "sure" else 1
            return sorted(rows, key=lambda row: (row.user is None, sign * row.share))
        if self.sort == "person":
            return sorted(rows, key=_by_person)
        return rows


def _by_person(row: Row) -> tuple[int, str, float]:
    if row.user is None:
        return 2, "", 0
    return int(row.flag), row.user.handle.lower(), -row.share
