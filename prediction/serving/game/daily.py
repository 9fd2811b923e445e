"""The daily ten: the same rounds for everybody on a day, and stored nowhere.

Everything follows from the date and from who is listed. So if somebody is unlisted or a
tweet is deleted, that round alone is another one.
"""

from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from prediction.engine.calibration.holdout import holdout_size
from prediction.serving.game.rounds import Round, mixed_order, players, round_by

ROUNDS = 10
# Whoever cannot play takes no round from the ten.
SPARE = 10


class Slot(NamedTuple):
    """The author of a round, and how many rounds of the day they had before it."""

    author_id: int
    turn: int


def next_round(day: date, played: Collection[Slot]) -> tuple[Slot, Round] | None:
    """Return the day's first round that is not played yet; None after the last."""
    people = players()
    if len(played) >= ROUNDS or len(people) < 2:
        return None
    for slot in _lineup(day, tuple(sorted(people.items()))):
        if slot not in played:
            found = round_by(slot.author_id, people, _seed(day), slot.turn)
            if found is not None:
                return slot, found
    return None


def played_round(day: date, slot: Slot) -> Round | None:
    """Return the round of a slot as it is now; None if it is gone."""
    return round_by(slot.author_id, players(), _seed(day), slot.turn)


def _seed(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=4)
def _lineup(day: date, people: tuple[tuple[int, int], ...]) -> tuple[Slot, ...]:
    """Return the slots of a day in their order, from users and their eligible tweets.

    Nobody has a second turn before everybody had a first.
    """
    slots = _slots(day, people)
    return tuple(slot for slot, _ in zip(slots, range(ROUNDS + SPARE), strict=False))


def _slots(day: date, people: tuple[tuple[int, int], ...]) -> Iterator[Slot]:
    for turn in range(ROUNDS + SPARE):
        able = [pk for pk, tweets in people if turn < holdout_size(tweets)]
        for pk in mixed_order(able, _seed(day), turn):
            yield Slot(pk, turn)
