"""Who is called nobody: python -m benchmarks.engine_nobody CORPUS... [--half b]

A site of real people is made of half the users of each corpus (see
`benchmarks.engine_accuracy` for the halves), with 30 to 1,000 tweets each. A third of
them are strangers, in neither the site nor its background. Groups of five of one corpus
are asked about their members' newest tweets, about strangers' tweets, one and three at
a time, and about the measuring half of the reference texts.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine_accuracy import half_of
from benchmarks.engine_corpus import read
from prediction.engine.calibration.holdout import background_rows
from prediction.engine.calibration.metrics import area_under_roc
from prediction.engine.calibration.reference import ReferenceText, measuring_texts
from prediction.engine.features import ngrams
from prediction.engine.models.background import Background
from prediction.engine.models.group import Group
from prediction.engine.models.signature import (
    Signature,
    fit_signature,
    newest_profiles,
)

MEMBERS, TEST, MOST_USERS = 5, 40, 24
FEWEST, MOST = 30, 1_000
BACKGROUND_TWEETS = 8_000


class Person(NamedTuple):
    corpus: str
    train: list[str]
    test: list[str]


class Found(NamedTuple):
    """Shares flagged, and areas under ROC with one and three tweets of strangers."""

    genuine: float
    strangers: float
    outside: float
    one: float
    three: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="CORPUS")
    parser.add_argument("--half", choices=["a", "b"], nargs="+", default=["a", "b"])
    parser.add_argument("--groups", type=int, default=12, help="of each corpus")
    parser.add_argument(
        "--population",
        action="store_true",
        help="the other half's users are in the background, as a reference population",
    )
    options = parser.parse_args()
    for half in options.half:
        measure_half(half, options)


def measure_half(half: str, options: argparse.Namespace) -> None:
    chance = np.random.default_rng(13)
    site: list[Person] = []
    strangers: list[Person] = []
    population: list[list[str]] = []
    for file in options.files:
        tweets = read(file)
        long_enough = sorted(u for u in tweets if len(tweets[u]) >= 2 * TEST)
        inside = [user for user in long_enough if half_of(user) == half]
        others = [user for user in long_enough if half_of(user) != half]
        population += [tweets[user] for user in others[:MOST_USERS]]
        chosen = [inside[i] for i in chance.permutation(len(inside))][:MOST_USERS]
        for place, user in enumerate(chosen):
            older, newest = tweets[user][:-TEST], tweets[user][-TEST:]
            amount = int(np.exp(chance.uniform(np.log(FEWEST), np.log(MOST))))
            person = Person(file.name.split(".")[0], older[-amount:], newest)
            (strangers if place < len(chosen) // 3 else site).append(person)
    background = sample(
        [person.train for person in site] + (population if options.population else [])
    )
    signatures = [fit(person, background, at) for at, person in enumerate(site)]
    show(site, strangers, signatures, background, half, options.groups)


def sample(everybody: list[list[str]]) -> Background:
    texts: list[str] = []
    owners: list[int] = []
    newest: list[bool] = []
    for owner, tweets in enumerate(everybody):
        quota = BACKGROUND_TWEETS // len(everybody)
        rows, flags = background_rows(len(tweets), quota)
        texts += [tweets[row] for row in rows]
        owners += [owner] * len(rows)
        newest += flags
    return Background.fit(texts, owners, newest)


def fit(person: Person, background: Background, owner: int) -> Signature:
    features = ngrams.transform(person.train)
    return fit_signature(features, background, owner, newest_profiles(person.train))


def show(
    site: list[Person],
    strangers: list[Person],
    signatures: list[Signature],
    background: Background,
    half: str,
    groups: int,
) -> None:
    chance = np.random.default_rng(1)
    outside = measuring_texts()
    missed: Counter[str] = Counter()
    everything: list[Found] = []
    for corpus in dict.fromkeys(person.corpus for person in site):
        places = [at for at, person in enumerate(site) if person.corpus == corpus]
        others = [person.test for person in strangers if person.corpus == corpus]
        found = []
        for _ in range(groups):
            members = chance.choice(places, MEMBERS, replace=False).tolist()
            group = Group([signatures[at] for at in members], background.idf)
            own = [site[at].test for at in members]
            found.append(measure_group(group, own, others, outside, missed))
        everything += found
        report(f"half {half}, {corpus}, {len(places)} users", found)
    report(f"half {half}, all", everything)
    total = Counter(row.kind for row in outside)
    shares = {kind: missed[kind] / len(everything) / total[kind] for kind in missed}
    often = sorted(shares, key=lambda kind: -shares[kind])[:10]
    print("not flagged:", ", ".join(f"{kind} {shares[kind]:.0%}" for kind in often))


def measure_group(
    group: Group,
    own: list[list[str]],
    others: list[list[str]],
    outside: list[ReferenceText],
    missed: Counter[str],
) -> Found:
    genuine, strange = log_odds(group, own), log_odds(group, others)
    flags = flagged(group, [row.text for row in outside])
    missed.update(
        row.kind for row, flag in zip(outside, flags, strict=True) if not flag
    )
    return Found(
        float(np.mean(flagged(group, chain(*own)))),
        float(np.mean(flagged(group, chain(*others)))),
        float(np.mean(flags)),
        area_under_roc(genuine.ravel(), strange.ravel()),
        area_under_roc(threes(genuine), threes(strange)),
    )


def flagged(group: Group, texts: Iterable[str]) -> list[bool]:
    return [answer.none_of_these.flag for answer in group.predict(list(texts))]


def log_odds(group: Group, people: list[list[str]]) -> NDArray[np.floating]:
    """Return log-odds of each text by each of some people, a row for each."""
    return np.stack([group.verification_log_odds(texts) for texts in people])


def threes(odds: NDArray[np.floating]) -> NDArray[np.floating]:
    whole = odds[:, : odds.shape[1] // 3 * 3]
    return np.asarray(whole.reshape(len(odds), -1, 3).mean(axis=2).ravel())


def report(what: str, found: list[Found]) -> None:
    genuine, strangers, outside, one, three = np.mean(found, axis=0)
    print(
        f"{what}: flagged {genuine:.1%} of genuine tweets, {strangers:.1%} of "
        f"strangers', {outside:.1%} of reference texts; AUROC {one:.3f}, {three:.3f} "
        "with three tweets",
        flush=True,
    )


if __name__ == "__main__":
    main()
