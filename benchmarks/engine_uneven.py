"""Who attracts what is not theirs: python -m benchmarks.engine_uneven CORPUS...

A site of real people with 10 to 3,200 tweets each, log-uniformly and as many as they
have, of one half of each corpus (see `benchmarks.engine_accuracy` for the halves). A
parody account, a weather bot and a newspaper are made up, and one person has two
accounts. Everybody is asked about everybody's newest tweets, and about texts that
anybody might have written. The page says "Probably" or "Very likely" where it has no
doubt: no flag, and at least 50% beside "none of these".
"""

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine_accuracy import half_of
from benchmarks.engine_corpus import read
from benchmarks.engine_nobody import Person, fit, sample
from benchmarks.uneven_texts import everyday_texts, newspaper, parody, weather_bot
from common.texts import MIN_DIFFERENT, MIN_TWEETS, count_different
from prediction.engine.evaluation.splitting import without_repeats
from prediction.engine.models.group import Group

FEWEST, MOST, MOST_USERS, TEST = 10, 3_200, 24, 30
LEVELS = (10, 20, 50, 100, 200, 500, 1_000, MOST + 1)
SURE = 0.5
DOUBLE = "one person's other account"


class Answers(NamedTuple):
    """The first member for each text, and whether the page has no doubt about it."""

    first: NDArray[np.int64]
    flagged: NDArray[np.bool_]
    sure: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="CORPUS")
    parser.add_argument("--half", choices=["a", "b"], nargs="+", default=["a", "b"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--whole", action="store_true", help="with accounts that the site leaves out"
    )
    options = parser.parse_args()
    for half in options.half:
        people = site(options.files, half, options.seed)
        background = sample([person.train for person in people])
        members = [
            at for at, person in enumerate(people) if options.whole or is_varied(person)
        ]
        signatures = [fit(people[at], background, at) for at in members]
        group = Group(signatures, background.idf)
        show(half, [people[at] for at in members], group)


def site(files: Sequence[Path], half: str, seed: int) -> list[Person]:
    """Return real people with uneven numbers of tweets, then the odd accounts."""
    chance = np.random.default_rng(seed)
    people: list[Person] = []
    for file in files:
        tweets = read(file)
        inside = sorted(user for user in tweets if half_of(user) == half)
        for at in chance.permutation(len(inside))[:MOST_USERS]:
            own = tweets[inside[at]]
            test = min(TEST, len(own) // 3)
            amount = int(np.exp(chance.uniform(np.log(FEWEST), np.log(MOST))))
            person = Person(file.name, own[:-test][-amount:], own[-test:])
            if len(person.train) >= MIN_TWEETS:
                people.append(person)
    return people + odd_accounts(people)


def is_varied(person: Person) -> bool:
    """Return whether the site counts this account to everyone."""
    return count_different(person.train, MIN_DIFFERENT) == MIN_DIFFERENT


def odd_accounts(people: list[Person]) -> list[Person]:
    """Return the made-up accounts; the most active real person gives one up, too."""
    busiest = max(range(len(people)), key=lambda at: len(people[at].train))
    corpus, train, test = people[busiest]
    people[busiest] = Person(corpus, train[::2], test[::2])
    odd = [Person(DOUBLE, train[1::2], test[1::2])]
    for name, made, held_out in (
        ("parody account", parody(), 0),
        ("weather bot", weather_bot(), TEST),
        ("newspaper", newspaper(), TEST),
    ):
        texts = without_repeats(made)
        cut = len(texts) - held_out
        odd.append(Person(name, texts[:cut], texts[cut:]))
    return odd


def ask(group: Group, texts: Sequence[str]) -> Answers:
    answers = group.predict(list(texts))
    flagged = np.array([answer.none_of_these.flag for answer in answers])
    nobody = np.array([answer.none_of_these.probability for answer in answers])
    best = np.array([max(answer.probabilities) for answer in answers]) * (1 - nobody)
    first = np.array([answer.predicted for answer in answers])
    return Answers(first, flagged, ~flagged & (best >= SURE))


def show(half: str, people: list[Person], group: Group) -> None:
    counts = np.array([len(person.train) for person in people])
    print(f"half {half}: {len(people)} users with {counts.min()} to {counts.max()}")
    owners = np.repeat(np.arange(len(people)), [len(p.test) for p in people])
    found = ask(group, [text for person in people for text in person.test])
    right = found.first == owners
    print(
        f"their newest tweets: right {right.mean():.3f}, flagged "
        f"{found.flagged.mean():.3f}; sure of {found.sure.mean():.3f}, right "
        f"{right[found.sure].mean():.3f} of these"
    )
    written = np.bincount(owners, minlength=len(people))
    named = np.bincount(found.first, minlength=len(people))
    wrong = np.bincount(found.first[~right], minlength=len(people))
    real = np.array([person.corpus.endswith(".gz") for person in people])
    for low, high in pairwise(LEVELS):
        level = real & (counts >= low) & (counts < high)
        if written[level].any():
            most = (named[level] / written[level]).max()
            print(
                f"  {low:>5} to {high - 1:<5} tweets, {level.sum():>2} users: named "
                f"{named[level].sum() / written[level].sum():.2f} times as often as "
                f"they wrote, at most {most:.2f}"
            )
    for at in np.flatnonzero(~real):
        print(
            f"  {people[at].corpus} ({counts[at]}): wrote {written[at]}, named "
            f"{named[at]}, of these wrongly {wrong[at]}"
        )
    print("first places in even shares, most of any user: all, not flagged, sure")
    for kind, texts in everyday_texts().items():
        show_kind(kind, ask(group, texts), people)


def show_kind(kind: str, found: Answers, people: list[Person]) -> None:
    def most(chosen: NDArray[np.bool_]) -> str:
        places = np.bincount(found.first[chosen], minlength=len(people))
        top = int(places.argmax())
        times = places[top] / len(found.first) * len(people)
        return f"{times:>5.1f} ({len(people[top].train)})" if times else f"{'0':>5}"

    everything = np.ones(len(found.first), dtype=bool)
    shares = "  ".join(map(most, (everything, ~found.flagged, found.sure)))
    print(
        f"  {kind:<22} ({len(everything)}): flagged {found.flagged.mean():.2f}, sure "
        f"{found.sure.mean():.2f}  {shares}",
        flush=True,
    )


if __name__ == "__main__":
    main()
