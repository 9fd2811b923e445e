"""Rebuilding by local processes and by a Dask cluster on this machine:

    python -m benchmarks.cluster [--users 60] [--tweets 200] [--times 3]

On PostgreSQL with simulated users. Each way builds everybody so many times; the median
is printed, with the processor time of builders and database together. Two of the four
workers are killed while they build, a third and two thirds into the run.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

from benchmarks.installation import ROOT, database, manage
from benchmarks.simulation import tweets_of
from tests.clusters import ProcessCluster

INSIDE = """
import sys, time
from prediction.models import Signature
from prediction.training import rebuild
from prediction.training.cluster import Cluster
from prediction.training.local_processes import LocalProcesses
from tweets.models import User
from contextlib import nullcontext
scheduler, jobs = sys.argv[-2:]
users = list(User.objects.all())
where = Cluster(scheduler) if scheduler else nullcontext(LocalProcesses(int(jobs)))
done = 0
def on_built(total):
    global done
    done += 1
    if done * 3 in (total, 2 * total):
        print("part", flush=True)
with where as builders:
    started = time.perf_counter()
    built = rebuild.rebuild(users, builders, on_built)
    print(time.perf_counter() - started)
assert built == len(users) == Signature.objects.count()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--tweets", type=int, default=200)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    with database("postgresql") as environment, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment["INDEX_DIR"] = str(folder / "index")
        fill(environment, folder / "tweets.jsonl", asked.users, asked.tweets)
        manage(environment, "build_signatures", "--all")
        for jobs in (1, 2):
            here = partial(run, environment, "", jobs)
            report(f"{jobs} local processes", asked.times, here)
        for workers, kills in ((1, 0), (4, 0), (4, 2)):
            there = partial(on_cluster, environment, folder, workers, kills)
            report(f"{workers} workers, {kills} killed", asked.times, there)


def fill(environment: dict[str, str], path: Path, users: int, tweets: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for user in range(users):
            for number, text in enumerate(tweets_of(user, tweets), 1):
                row = {"user": f"user{user}", "id": number << 22, "text": text}
                file.write(json.dumps(row) + "\n")
    manage(environment, "import_tweets", str(path))


def report(name: str, times: int, once: Callable[[], tuple[float, float]]) -> None:
    runs = [once() for _ in range(times)]
    wall, cpu = (statistics.median(each) for each in zip(*runs, strict=True))
    shown = ", ".join(f"{seconds:.1f}" for seconds, _ in runs)
    print(f"{name}: {wall:.1f} s ({shown}); {cpu:.1f} s of processors", flush=True)


def on_cluster(
    environment: dict[str, str], folder: Path, workers: int, kills: int
) -> tuple[float, float]:
    with ProcessCluster(folder, environment) as cluster:
        cluster.add(workers)
        # Once, so that every worker has loaded its libraries and the sample.
        run(environment, cluster.address)
        to_kill = [partial(cluster.kill, str(number)) for number in range(kills)]
        return run(environment, cluster.address, on_part=to_kill)


def run(
    environment: dict[str, str],
    scheduler: str,
    jobs: int = 1,
    on_part: list[Callable[[], None]] | None = None,
) -> tuple[float, float]:
    """Seconds that building everybody took, and seconds of processors meanwhile."""
    before = processors()
    process = subprocess.Popen(
        [sys.executable, "-c", SET_UP + INSIDE, scheduler, str(jobs)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    last = ""
    for line in process.stdout:
        if line == "part\n" and on_part:
            threading.Thread(target=on_part.pop(0)).start()
        last = line
    if process.wait():
        raise SystemExit("the rebuild failed")
    return float(last), processors() - before


def processors() -> float:
    """Seconds that the processors of this machine were busy since it started."""
    times = psutil.cpu_times()
    return times.user + times.system + times.nice


SET_UP = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "hypotweet_site.settings"
django.setup()
"""

if __name__ == "__main__":
    main()
