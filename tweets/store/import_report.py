"""What an import read, stored and skipped, and whose tweets it found."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tweets.sources.records import Problem, TweetRecord

MAX_LISTED_ERRORS = 1_000
MAX_LISTED_AUTHORS = 1_000
EXAMPLES, EXAMPLE_LENGTH = 3, 100
MANY_NEW = 50


@dataclass
class AuthorCount:
    """How many tweets of one author an import holds; the first ones as examples."""

    tweets: int = 0
    is_new: bool = False
    examples: list[str] = field(default_factory=list)


@dataclass
class IngestReport:
    """The result of an import: `read` = `stored` + the sum of `skipped`.

    `user_ids` are all users with tweets in the import, `changed_ids` those of whom
    new tweets were stored, and `new_ids` those who were not here before. `authors`
    counts by handle, or by X id where there is no handle, in lower case.
    """

    read: int = 0
    stored: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    errors: list[Problem] = field(default_factory=list)
    user_ids: set[int] = field(default_factory=set)
    changed_ids: set[int] = field(default_factory=set)
    new_ids: set[int] = field(default_factory=set)
    authors: dict[str, AuthorCount] = field(default_factory=dict)

    def reject(self, problem: Problem) -> None:
        self.read += 1
        self.skipped["broken"] += 1
        if len(self.errors) < MAX_LISTED_ERRORS:
            self.errors.append(problem)

    def count(self, record: TweetRecord, is_new: bool) -> None:
        """Count a tweet for its author."""
        name = (record.handle or str(record.author_x_id)).lower()
        known = len(self.authors) < MAX_LISTED_AUTHORS
        author = self.authors.setdefault(name, AuthorCount(is_new=is_new))
        author.tweets += 1
        if known and len(author.examples) < EXAMPLES:
            author.examples.append(record.text[:EXAMPLE_LENGTH])

    def most(self, count: int, examples: bool = True) -> list[dict[str, Any]]:
        """Return the authors with the most tweets, for people to look over."""
        ranked = sorted(self.authors.items(), key=lambda item: -item[1].tweets)
        rows = [{"author": name} | vars(author) for name, author in ranked[:count]]
        if not examples:
            for row in rows:
                del row["examples"]
        return rows

    def remarks(self) -> list[str]:
        """Say what somebody should look at before they trust an import."""
        if len(self.new_ids) < MANY_NEW:
            return []
        return [
            f"{len(self.new_ids):,} people who were not here before: make sure that "
            "these are handles, and not displayed names or words"
        ]
