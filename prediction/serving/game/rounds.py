"""Rounds: a held-out tweet, and people who write alike, one of whom wrote it."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import numpy as np

from prediction.models import Signature
from prediction.serving.loader import compose_small
from prediction.serving.map.style_map import neighbours
from prediction.training.eligible import eligible_tweets
from tweets.models import Tweet, User

SUSPECTS = 4
MIN_WORDS_SHOWN = 6
# Among whom the other suspects are looked for; a few may be gone by then.
MOST_ASKED = 100


@dataclass(frozen=True)
class Round:
    """A tweet, and its author among the suspects, in the order they are shown."""

    tweet: Tweet
    suspects: tuple[User, ...]

    @property
    def author(self) -> User:
        return self.tweet.user

    def suspect(self, user_id: int) -> User | None:
        return next((user for user in self.suspects if user.pk == user_id), None)


def free_round() -> Round | None:
    """Return any round; None with fewer than two people."""
    people = players()
    if len(people) < 2:
        return None
    return round_by(random.choice(list(people)), people, f"{random.random()}")


def round_by(
    author_id: int, people: Iterable[int], seed: str, turn: int = 0
) -> Round | None:
    """Return the author's round of this seed and turn; None if there is none.

    The same as long as the same people write what they wrote, whoever asks. Builds the
    author's signature if it is stale.
    """
    author = User.objects.listed().predictable().filter(pk=author_id).first()
    if author is None:
        return None
    suspects = suspects_of(author, people, seed)
    if len(suspects) < 2:
        return None
    order = _in_order(author, suspects, seed)
    tweet = Tweet.objects.filter(pk=order[turn]).first() if turn < len(order) else None
    if tweet is None:
        return None
    tweet.user = author
    return Round(tweet, tuple(suspects))


def round_of(tweet_id: int, suspect_ids: Sequence[int]) -> Round | None:
    """Return a round again; None if the tweet or a suspect is gone."""
    tweet = Tweet.objects.filter(pk=tweet_id).first()
    found = User.objects.listed().predictable().in_bulk(suspect_ids)
    if tweet is None or tweet.user_id not in found or len(found) < len(suspect_ids):
        return None
    tweet.user = found[tweet.user_id]
    return Round(tweet, tuple(found[pk] for pk in suspect_ids))


def players() -> dict[int, int]:
    """Return whom the game is about: how many eligible tweets each key's user has."""
    rows = User.objects.listed().everyone().order_by()
    return dict(rows.values_list("pk", "eligible_count"))


def suspects_of(author: User, people: Iterable[int], seed: str) -> list[User]:
    """Return the author and those of these people who write most alike, shuffled.

    Where the map does not know the author, or too few others, anybody of the people.
    """
    alike = [user.pk for user in neighbours(author, SUSPECTS - 1)]
    if len(alike) < SUSPECTS - 1:
        others = set(people) - {author.pk, *alike}
        alike += mixed_order(sorted(others), seed, author.pk)[:MOST_ASKED]
    found = User.objects.listed().predictable().in_bulk(alike)
    chosen = [found[pk] for pk in alike if pk in found][: SUSPECTS - 1]
    return sorted([author, *chosen], key=lambda user: mixed(seed, user.pk))


def mixed(seed: str, *numbers: int) -> bytes:
    """Return a sort key that looks random, and is the same everywhere."""
    return sha256(f"{seed} {numbers}".encode()).digest()


def mixed_order(ids: Sequence[int], seed: str, *numbers: int) -> list[int]:
    """Return ids in an order that looks random; the same for those that stay where
    others come or go.

    Of 100,000 in 10 ms: it is SplitMix64 over all of them at once.
    """
    start = np.frombuffer(mixed(seed, *numbers)[:8], dtype="<u8")
    found = np.array(ids, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
    return [ids[place] for place in np.argsort(found, kind="stable")]


def _in_order(author: User, suspects: Sequence[User], seed: str) -> tuple[int, ...]:
    fresh = Signature.objects.in_use().filter(user=author)
    counts = fresh.values_list("held_out_count", flat=True)
    held_out = counts.first()
    if held_out is None:
        compose_small(suspects)
        held_out = counts.first() or 0
    names = tuple(name for user in suspects for name in (user.handle, user.name))
    return _shuffled(author.pk, author.revision, held_out, names, seed)


@lru_cache(maxsize=256)
def _shuffled(
    author_id: int, revision: int, held_out: int, names: tuple[str, ...], seed: str
) -> tuple[int, ...]:
    """Return keys of held-out tweets: those that are long and name nobody first."""
    rows = eligible_tweets(author_id, held_out)
    words = dict(
        Tweet.objects.filter(pk__in=[pk for pk, _ in rows]).values_list(
            "pk", "word_count"
        )
    )

    def gives_little(row: tuple[int, str]) -> tuple[bool, bytes]:
        pk, text = row
        named = any(name and name.lower() in text.lower() for name in names)
        return words.get(pk, 0) < MIN_WORDS_SHOWN or named, mixed(seed, pk)

    return tuple(pk for pk, _ in sorted(rows, key=gives_little))
