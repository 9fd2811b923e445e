"""Why a passage speaks for somebody, in what can be counted: words and habits."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from common.texts import LINK
from prediction.engine.features.masking import masked
from prediction.engine.insight.habits import HABITS, Habit
from prediction.engine.insight.typical import standard_errors
from prediction.engine.insight.units import units

_FEWEST = 2
_CLEAR = 2.0
_CLEARLY_MORE = 1.8
_MOST_UNITS = 7


@dataclass(frozen=True)
class Reason:
    """What a passage has that one side's tweets have more often than the other's.

    Attributes
    ----------
    name
        Words as they stand in the text, or what a habit says.
    share, share_of_others
        Of the tweets that have it.
    tweets, tweets_of_others
        Positions of these tweets.
    """

    name: str
    is_habit: bool
    share: float
    share_of_others: float
    tweets: tuple[int, ...]
    tweets_of_others: tuple[int, ...]
    strength: float


class Counts:
    """Counts words and habits in the tweets of two sides."""

    def __init__(self, own: Sequence[str], others: Sequence[str]) -> None:
        self.own, self.others = own, others
        self._known: dict[str, tuple[list[int], list[int]]] = {}

    @cached_property
    def _folded(self) -> tuple[list[str], list[str]]:
        return [text.lower() for text in self.own], [t.lower() for t in self.others]

    def reasons(
        self, text: str, start: int, end: int, style_only: bool = False
    ) -> list[Reason]:
        """Return the clearest words and the clearest habit of a passage, if any.

        Words that were masked when the text was judged say nothing.
        """
        words = [
            found
            for phrase in _phrases(text, start, end)
            if masked(phrase, style_only) == phrase
            for found in self._words(phrase)
        ]
        return [*_clearest(words), *_clearest(self._shown(text, start, end))]

    def overall(self, text: str) -> list[Reason]:
        """Return the clearest habit that the text shows as a whole, if any."""
        return _clearest(self._habits(text, 0, len(text), is_overall=True))

    def _shown(self, text: str, start: int, end: int) -> list[Reason]:
        return self._habits(text, start, end, is_overall=False)

    def _habits(
        self, text: str, start: int, end: int, is_overall: bool
    ) -> list[Reason]:
        found = []
        for habit in HABITS:
            places = list(habit.find(text))
            shown = any(first < end and last > start for first, last in places)
            if shown and ((0, len(text)) in places) == is_overall:
                found += self._reason(habit.says, True, *self._spotted(habit))
        return found

    def _spotted(self, habit: Habit) -> tuple[list[int], list[int]]:
        """Return positions of both sides' tweets that show a habit."""
        if habit.says not in self._known:
            own = [n for n, tweet in enumerate(self.own) if habit.spot(tweet)]
            others = [n for n, tweet in enumerate(self.others) if habit.spot(tweet)]
            self._known[habit.says] = own, others
        return self._known[habit.says]

    def _words(self, phrase: str) -> list[Reason]:
        is_shouted = len(phrase) > 1 and phrase.isupper()
        own, others = (self.own, self.others) if is_shouted else self._folded
        wanted = phrase if is_shouted else phrase.lower()
        pattern = _whole(wanted)

        def having(tweets: Sequence[str]) -> list[int]:
            return [
                number
                for number, tweet in enumerate(tweets)
                if wanted in tweet and pattern.search(tweet)
            ]

        return self._reason(phrase, False, having(own), having(others))

    def _reason(
        self, name: str, is_habit: bool, own: list[int], others: list[int]
    ) -> list[Reason]:
        if len(own) < _FEWEST or not self.others:
            return []
        sizes = len(self.own), len(self.others)
        share, share_of_others = len(own) / sizes[0], len(others) / sizes[1]
        strength = standard_errors(len(own), sizes[0], len(others), sizes[1])
        if strength < _CLEAR or share < _CLEARLY_MORE * share_of_others:
            return []
        found = (share, share_of_others, tuple(own), tuple(others), strength)
        return [Reason(name, is_habit, *found)]


def _clearest(reasons: Sequence[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda reason: -reason.strength)[:1]


def _phrases(text: str, start: int, end: int) -> Iterator[str]:
    """Yield all runs of units in a passage that begin and end with a visible one."""
    inside = [span for span in units(text) if start <= span[0] and span[1] <= end]
    inside = inside[:_MOST_UNITS]
    for first, (begin, _) in enumerate(inside):
        for _, stop in inside[first:]:
            phrase = text[begin:stop]
            bare = phrase == phrase.strip() and not LINK.search(phrase)
            if bare and (len(phrase) > 1 or phrase.isalnum()):
                yield phrase


def _whole(phrase: str) -> re.Pattern[str]:
    """Match a phrase that is not part of a longer word or run."""
    before = r"\w" if phrase[0].isalnum() else re.escape(phrase[0])
    after = r"\w" if phrase[-1].isalnum() else re.escape(phrase[-1])
    return re.compile(f"(?<!{before}){re.escape(phrase)}(?!{after})")
