"""Accuracy beside the better baseline: python -m benchmarks.engine_accuracy CORPUS

A corpus is a file of JSON lines (see `benchmarks.engine_corpus`). A hash of the handle
puts each user into half a or half b: choose constants on one, report the other. The
engines are fitted and tested within the half alone; in smaller groups, signatures are
composed anew and baselines are not fitted again, which favours them a little. "+-" is
the bootstrap error over users; a difference of less than twice its error is marked as
noise.
"""

import argparse
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engine_corpus import read
from common.texts import MIN_TWEETS
from prediction.engine.evaluation.curves import (
    GROUP_SIZES,
    TRAINS,
    Flags,
    Labels,
    by_level,
    draw_groups,
    in_groups,
    mixed_counts,
    newest_only,
    possible_trains,
)
from prediction.engine.evaluation.engines import DEFAULT_ENGINES, PEERS, maker
from prediction.engine.evaluation.evaluation import quality, verification
from prediction.engine.evaluation.scoring import Measured, measure
from prediction.engine.evaluation.splitting import Split, split
from prediction.engine.evaluation.statistics import (
    bootstrap_over_users,
    c_at_1,
    mcnemar,
)
from prediction.engine.evaluation.strangers import none_aurocs

OURS = "signature"
TABLES = ("equal", "groups", "measures", "tweets", "mixed")
MEASURES = (
    *("log_loss", "brier", "ece", "coverage_at_90", "c_at_1", "cllr", "min_cllr"),
    *("eer", "none_auroc", "none_auroc_3"),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="CORPUS")
    parser.add_argument(
        "--half", choices=["a", "b", "all"], nargs="+", default=["a", "b"]
    )
    parser.add_argument("--train", type=int, default=200)
    parser.add_argument("--test", type=int, default=50)
    parser.add_argument("--split", choices=["time", "random"], default="time")
    parser.add_argument("--users", type=int, default=50, help="at most; the first ones")
    parser.add_argument(
        "--least", type=int, default=MIN_TWEETS, help="training tweets of each user"
    )
    parser.add_argument("--tables", choices=TABLES, nargs="+", default=TABLES)
    parser.add_argument("--peers", choices=DEFAULT_ENGINES, nargs="+", default=PEERS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for file in options.files:
        tweets = read(file)
        for half in options.half:
            started = time.perf_counter()
            inside = {u: t for u, t in tweets.items() if half in ("all", half_of(u))}
            table(file.name.split(".")[0], half, inside, options)
            print(f"{time.perf_counter() - started:.0f} s\n", flush=True)


def half_of(handle: str) -> str:
    """Return "a" or "b", the same for a handle on every machine."""
    return "ab"[hashlib.sha256(handle.lower().encode()).digest()[0] % 2]


def table(
    name: str,
    half: str,
    tweets: dict[str, list[str]],
    options: argparse.Namespace,
) -> None:
    whole = split(tweets, max(TRAINS), options.test, options.split, options.seed)
    whole = chosen(whole, options.least, options.users)
    users = len(whole.handles)
    print(
        f"{name}, half {half}: {users} users, {options.test} test tweets each, split "
        f"by {options.split}, seed {options.seed}; {len(tweets) - users} users left out"
    )
    print(f"{'':<22}{OURS:>10}{'better baseline':>24}{'difference':>12}  95%")
    if {"equal", "groups", "measures"} & set(options.tables):
        parts = newest_only(whole, [options.train] * users)
        equal = measure_all(parts, options.peers)
        row(f"{users} x {options.train} tweets", equal, options.seed)
        if "groups" in options.tables:
            print_groups(equal, options.seed)
        if "measures" in options.tables:
            print_measures(equal, parts, options.seed)
    if "tweets" in options.tables:
        counts = [count for count in possible_trains(whole) if count != options.train]
        for count in counts:
            found = measure_all(newest_only(whole, [count] * users), options.peers)
            row(f"{count} tweets each", found, options.seed)
    if "mixed" in options.tables:
        print_mixed(whole, options)


def chosen(parts: Split, least: int, most_users: int) -> Split:
    """Keep the first users with at least this many training tweets."""
    kept = [n for n, tweets in enumerate(parts.train) if len(tweets) >= least]
    kept = kept[:most_users]
    return Split(
        tuple(parts.handles[n] for n in kept),
        tuple(parts.train[n] for n in kept),
        tuple(parts.test[n] for n in kept),
        parts.skipped,
    )


def measure_all(parts: Split, peers: Sequence[str]) -> dict[str, Measured]:
    return {name: measure(maker(name)([]), parts) for name in (OURS, *peers)}


def print_groups(found: dict[str, Measured], seed: int) -> None:
    users = found[OURS].scored.probabilities.shape[1]
    for size, groups in draw_groups(users, GROUP_SIZES, seed).items():
        if size == users:
            continue
        inside = {name: in_groups(each, groups) for name, each in found.items()}
        right = {name: each.right for name, each in inside.items()}
        ours = inside[OURS]
        # A tweet comes in several groups: McNemar's test would count it anew.
        line = difference(f"groups of {size}", right, ours.owners, seed)
        print(f"{line}  log loss {ours.log_loss:.3f}, ECE {ours.ece:.3f}", flush=True)


def print_measures(found: dict[str, Measured], parts: Split, seed: int) -> None:
    """Print how good probabilities and verification are, for each engine."""
    for name, each in found.items():
        figures = {
            **quality(each.scored.probabilities, each.owners),
            "c_at_1": c_at_1(each.right, ~each.scored.flagged),
            **verification(each),
        }
        figures["none_auroc"], figures["none_auroc_3"] = none_aurocs(
            maker(name), parts, [], seed
        )
        shown = ", ".join(
            f"{key} {figures[key]:.3f}" for key in MEASURES if figures[key] is not None
        )
        print(f"  {name}: {shown}", flush=True)


def print_mixed(whole: Split, options: argparse.Namespace) -> None:
    counts = mixed_counts(whole)
    parts = newest_only(whole, counts)
    found = measure_all(parts, options.peers)
    row("mixed in one group", found, options.seed)
    real = [len(tweets) for tweets in parts.train]
    for name, each in found.items():
        print(f"  {name}: right, and named per tweet written, by training tweets")
        for count, level in by_level(each, counts, options.seed).items():
            have = [n for n, asked in zip(real, counts, strict=True) if asked == count]
            right = level.accuracy
            print(
                f"  {count:>6} ({sum(have) / len(have):.0f} on average, "
                f"{level.users} users): {right.value:.3f} "
                f"[{right.low:.3f}, {right.high:.3f}], {level.first_places:.2f}"
            )


def row(title: str, found: dict[str, Measured], seed: int) -> None:
    right = {name: each.right for name, each in found.items()}
    test = mcnemar(right[OURS], right[better(right)])
    line = difference(title, right, found[OURS].owners, seed)
    print(f"{line}  McNemar p = {test.p_value:.2g}", flush=True)


def better(right: dict[str, Flags]) -> str:
    """Return the most accurate of the baselines."""
    return max((name for name in right if name != OURS), key=lambda n: right[n].mean())


def difference(title: str, right: dict[str, Flags], owners: Labels, seed: int) -> str:
    """Return one line: ours, the better baseline, and the paired difference."""
    ours, peer = right[OURS], right[better(right)]
    gain = bootstrap_over_users(ours.astype(float) - peer, owners, seed)
    noise = "  noise" if gain.is_noise else ""
    return (
        f"{title:<22}{ours.mean():>10.3f}{better(right):>18}{peer.mean():>6.3f}"
        f"{gain.value:>+12.3f}  [{gain.low:+.3f}, {gain.high:+.3f}] "
        f"+-{gain.error:.3f}{noise}"
    )


if __name__ == "__main__":
    main()
