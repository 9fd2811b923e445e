"""Simulated people: each has words of their own besides those everybody uses."""

import random
from collections.abc import Iterator

LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


def vocabulary(seed: int, size: int) -> list[str]:
    """Words of two to ten letters, common letters more often."""
    rng = random.Random(seed)
    weights = [26 - n for n in range(26)]
    return [
        "".join(rng.choices(LETTERS, weights, k=rng.randint(2, 10)))
        for _ in range(size)
    ]


COMMON = vocabulary(0, 3_000)


def tweets_of(user: int, count: int) -> Iterator[str]:
    """So many tweets of one simulated user, always the same ones."""
    rng = random.Random(f"user {user}")
    own = vocabulary(user + 1, 400)
    ends = rng.choices([".", "!", "...", "", "!!!", " :)"], k=3)
    for _ in range(count):
        words = [
            rng.choice(own) if rng.random() < 0.25 else rng.choice(COMMON)
            for _ in range(rng.randint(6, 24))
        ]
        text = " ".join(words)
        yield (text.capitalize() if user % 2 else text) + rng.choice(ends)
