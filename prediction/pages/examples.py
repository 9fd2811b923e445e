"""Texts to try that fit a group: each joins the ends of two tweets by one of them."""

import re
from collections.abc import Iterator, Sequence
from random import Random

from prediction.pages.fields import EVERYONE
from tweets.models import User

COUNT = 3
NEWEST = 60
SHORTEST, LONGEST = 30, 140
FALLBACK = (
    "Coffee first. Then e-mails. Then regret.",
    "WE ARE SO BACK!!! 🔥🔥🔥",
    "I have thought about this at some length, and I remain unconvinced.",
)
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
# What would name the author, or leads away.
ADDRESS = re.compile(r"[@#\n]|https?:|www\.")


def examples_for(handles: Sequence[str]) -> list[str]:
    """Return up to three texts that nobody wrote, of members in turn; some that fit
    anybody where the members' tweets do not lend themselves to it."""
    listed = User.objects.listed()
    group = listed.everyone() if EVERYONE in handles else listed.by_handles([*handles])
    members = list(group[: 4 * COUNT])
    chance = Random("\n".join(sorted(handles)))
    chance.shuffle(members)
    return list(_first(COUNT, members, chance)) or list(FALLBACK)


def _first(count: int, members: Sequence[User], chance: Random) -> Iterator[str]:
    for member in members:
        if count and (text := _joined(member, chance)):
            count -= 1
            yield text


def _joined(member: User, chance: Random) -> str:
    """Return the beginning of one tweet with the end of another; empty if none fit."""
    newest = member.tweets.long_enough().newest_first()
    texts = list(newest.values_list("text", flat=True)[:NEWEST])
    parts = [SENTENCE_END.split(text) for text in texts if not ADDRESS.search(text)]
    parts = [part for part in parts if len(part) > 1]
    pairs = [
        f"{first[0]} {last[-1]}"
        for first in parts
        for last in parts
        if first is not last and first[0] != last[-1]
    ]
    fitting = [text for text in pairs if SHORTEST <= len(text) <= LONGEST]
    return chance.choice(fitting) if fitting else ""
