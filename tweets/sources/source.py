"""One source of tweets that is ready to be read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tweets.sources.fields.checker import Checker
from tweets.sources.io.text_input import TextInput
from tweets.sources.records import Introduction, Problem, RawTweet, TweetRecord


@dataclass(frozen=True, slots=True)
class Opened:
    """A detected format, and a function that reads the file from its start.

    `owner` is who an archive belongs to, as far as it says; `first_rows` are a table's.
    """

    format: str
    read: Callable[[], Iterator[RawTweet | Problem]]
    inputs: list[TextInput] = field(default_factory=list)
    owner: Introduction | None = None
    notes: tuple[str, ...] = ()
    first_rows: list[list[str]] = field(default_factory=list)


class Source:
    """The tweets of one file; can be iterated over any number of times.

    `format` is the detected format, `owner` who an archive belongs to. `notes` are
    remarks for the user, complete once an iteration has ended. Iterating raises
    SourceError if a limit is exceeded.
    """

    def __init__(self, opened: Opened, handle: str | None) -> None:
        self.format = opened.format
        self.owner = opened.owner
        self.first_rows = opened.first_rows
        self.notes = self._input_notes(opened)
        self._opened = opened
        self._handle = handle

    def __iter__(self) -> Iterator[TweetRecord | Problem]:
        checker = Checker(self._handle)
        for item in self._opened.read():
            yield item if isinstance(item, Problem) else checker.check(item)
        for text in self._opened.inputs:
            if text.damage:
                yield Problem(None, text.damage)
        self.notes = self._input_notes(self._opened) + _left_out(checker)

    @staticmethod
    def _input_notes(opened: Opened) -> list[str]:
        notes = [note for text in opened.inputs for note in text.notes]
        return list(dict.fromkeys([*notes, *opened.notes]))


def _left_out(checker: Checker) -> list[str]:
    counts = {
        "dates that could not be read": checker.undated,
        "dates before 2006 or in the future, left out": checker.untimely,
        "ids that a spreadsheet damaged, left out": checker.damaged_ids,
    }
    return [f"{what}: {count:,}" for what, count in counts.items() if count]
