"""What distinguishes a user's writing from everybody else's, in plain words."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.texts import LINK
from prediction.engine.insight.habits import HABITS

_WORD = re.compile(r"(?<!\w)[@#\uff03]?[^\W\d_](?:[\w'\u2019]*\w)?")
# What is left of "w/", of "&lt;3" and of retweets by hand.
_DEBRIS = re.compile(r"[a-z]|rt|amp|lt|gt|https?")
_CLEAR = 3.0
_FEWEST = 3


@dataclass(frozen=True)
class Trait:
    """A word or habit, and the shares of the user's and others' tweets that have it.

    ``strength`` counts standard errors between the two shares; it is negative for
    what the user does less than others.
    """

    name: str
    share: float
    share_of_others: float
    strength: float


@dataclass(frozen=True)
class Description:
    """A user's words and habits, the most distinctive first."""

    words: tuple[Trait, ...]
    habits: tuple[Trait, ...]


def standard_errors(own: int, size: int, other: int, other_size: int) -> float:
    """Count standard errors between two shares' log-odds, smoothed by half a tweet.

    After Monroe, Colaresi and Quinn, "Fightin' words" (2008).
    """
    counts = np.array([own, size - own, other, other_size - other], dtype=float) + 0.5
    logs = np.log(counts)
    return float((logs[0] - logs[1] - logs[2] + logs[3]) / np.sqrt((1 / counts).sum()))


def _words(texts: Sequence[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        words = {word.lower() for word in _WORD.findall(LINK.sub(" ", text))}
        found.update(word for word in words if not _DEBRIS.fullmatch(word))
    return found


def _trait(
    name: str, own: int, other: int, tweets: Sequence[str], others: Sequence[str]
) -> Trait:
    strength = standard_errors(own, len(tweets), other, len(others))
    return Trait(name, own / len(tweets), other / len(others), strength)


def describe(
    tweets: Sequence[str], others: Sequence[str], count: int = 12
) -> Description:
    """Compare a user's tweets with a sample of other people's.

    Returns
    -------
    At most ``count`` words that the user uses more often than others, and at most
    ``count`` habits that the user has clearly more or clearly less often.

    Raises
    ------
    ValueError
        Either side is empty.
    """
    if not tweets or not others:
        raise ValueError("a description needs tweets of the user and of others")
    own_words, other_words = _words(tweets), _words(others)
    words = [
        _trait(word, times, other_words[word], tweets, others)
        for word, times in own_words.items()
        if times >= _FEWEST
    ]
    habits = [
        _trait(
            h.says, sum(map(h.spot, tweets)), sum(map(h.spot, others)), tweets, others
        )
        for h in HABITS
    ]
    telling = [word for word in words if word.strength >= _CLEAR]
    clear = [habit for habit in habits if abs(habit.strength) >= _CLEAR]
    return Description(
        tuple(sorted(telling, key=lambda t: (-t.strength, t.name))[:count]),
        tuple(sorted(clear, key=lambda t: (-abs(t.strength), t.name))[:count]),
    )
