"""How often a batch is right, where its file names who really wrote each text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prediction.pages.batch.results import Results, Row
from prediction.pages.trust_panel import Confusion, confusions_of, table_of
from prediction.pages.trust_panel import Row as TableRow
from tweets.models import User


@dataclass(frozen=True)
class Accuracy:
    """Counts of texts whose author is named.

    Attributes
    ----------
    right, of
        Among texts by people of the group, without those that the site has stored: the
        model may have learnt them.
    known
        How many texts of the group are stored here word for word.
    foreign, flagged
        Texts by others, and those among them that were said to be nobody's.
    people
        How many the group has.
    members
        Whose the rows and columns of the table are; without rows, there are too many.
    """

    right: int
    of: int
    known: int
    foreign: int
    flagged: int
    people: int
    members: list[User]
    rows: list[TableRow]
    confusions: list[Confusion]

    @property
    def share(self) -> float:
        return self.right / self.of if self.of else 0.0

    @property
    def chance(self) -> float:
        return 1 / self.people


def accuracy_of(results: Results) -> Accuracy | None:
    """Count; None where the file names no author."""
    named = [row for row in results.answered if row.truth]
    if not named:
        return None
    group = {user.handle.lower() for user in results.members}
    own = [row for row in named if row.truth in group]
    judged = [row for row in own if row.wrote is None]
    foreign = [row for row in named if row.truth not in group]
    members, counts = _confusion(results.members, judged)
    return Accuracy(
        right=sum(row.is_right for row in judged),
        of=len(judged),
        known=len(own) - len(judged),
        foreign=len(foreign),
        flagged=sum(row.flag for row in foreign),
        people=len(group),
        members=members,
        rows=table_of(members, counts),
        confusions=confusions_of(members, counts),
    )


def _confusion(
    group: Sequence[User], judged: Sequence[Row]
) -> tuple[list[User], list[list[int]]]:
    """Return who wrote texts or was named, and how many of each were given to each."""
    cells = Counter((row.truth, row.user.handle.lower()) for row in judged if row.user)
    met = {handle for pair in cells for handle in pair}
    members = [user for user in group if user.handle.lower() in met]
    handles = [user.handle.lower() for user in members]
    return members, [[cells[author, one] for one in handles] for author in handles]
