"""Memory and time of rebuilding all signatures: python -m benchmarks.engine_rebuild

Fills a database in a temporary folder with simulated users, and rebuilds everything.
Prints the peak memory of the parent and of the largest worker.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--tweets", type=int, default=3_200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        use_database(Path(folder))
        started = time.perf_counter()
        # In a process of its own, so that its memory does not count.
        if not (filling := os.fork()):
            fill(options.users, options.tweets)
            os._exit(0)
        os.waitpid(filling, 0)
        print(f"filled in {time.perf_counter() - started:.0f} s", flush=True)
        rebuild(options.jobs)


def use_database(folder: Path) -> None:
    os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'simulated.sqlite3'}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "hypotweet_site.settings"
    os.environ.setdefault("SECRET_KEY", "of a benchmark")
    import django

    django.setup()


def fill(users: int, tweets: int) -> None:
    from django.core.management import call_command

    from tweets.models import Tweet, User

    call_command("migrate", verbosity=0)
    for number in range(users):
        counts = {"tweet_count": tweets, "eligible_count": tweets}
        user = User.objects.create(handle=f"user{number}", **counts)
        rows = [
            Tweet(
                user=user,
                text=text,
                position=place,
                digest=place,
                gist=place,
                word_count=len(text.split()),
            )
            for place, text in enumerate(salads(number, tweets))
        ]
        Tweet.objects.bulk_create(rows, batch_size=2_000)


def salads(user: int, count: int) -> Iterator[str]:
    """Tweets of 6 to 24 words, a quarter of them this user's own."""
    from benchmarks.simulation import COMMON, vocabulary

    chance = np.random.default_rng(user)
    words = np.array(COMMON + vocabulary(user + 1, 400), dtype=object)
    weights = np.repeat([0.75 / len(COMMON), 0.25 / 400], [len(COMMON), 400])
    lengths = chance.integers(6, 25, count)
    drawn = words[chance.choice(len(words), lengths.sum(), p=weights)]
    for part in np.split(drawn, np.cumsum(lengths)[:-1]):
        yield " ".join(part) + chance.choice([".", "!", "...", ""])


def rebuild(jobs: int) -> None:
    from prediction.models import Signature
    from prediction.training.local_processes import LocalProcesses
    from prediction.training.rebuild import rebuild_all

    started = time.perf_counter()
    built = rebuild_all(LocalProcesses(jobs))
    seconds = time.perf_counter() - started
    cores = (cpu_seconds(resource.RUSAGE_CHILDREN) + time.process_time()) / seconds
    assert Signature.objects.count() == built
    print(
        f"{built} signatures by {jobs} processes in {seconds:.0f} s on {cores:.1f} "
        f"cores; peak memory {peak(resource.RUSAGE_SELF)} MiB, of the largest worker "
        f"{peak(resource.RUSAGE_CHILDREN)} MiB"
    )


def cpu_seconds(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def peak(who: int) -> int:
    used: Any = resource.getrusage(who)
    return round(used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
