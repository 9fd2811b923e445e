"""A large site on PostgreSQL: importing, every page, and how its queries are planned.

    python -m benchmarks.size [--users 2000] [--tweets 1000] [--imported 1000000]
    python -m benchmarks.size --users 100000 --tweets 12 --imported 24000 --rank

First a file of that many tweets is imported, beside a bare bulk insert of the same
rows into an equal table; then the site is filled up to so many tweets a user, and each
page is asked for 15 times as staff, who see all of them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.installation import ROOT, database
from benchmarks.simulation import tweets_of

TEXTS = 2_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=2_000)
    parser.add_argument("--tweets", type=int, default=1_000)
    parser.add_argument("--imported", type=int, default=1_000_000)
    parser.add_argument("--rank", action="store_true", help="Also rank everybody.")
    asked = parser.parse_args()
    with database("postgresql") as environment, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tweets.jsonl"
        write(path, min(asked.users, 2_000), asked.imported)
        imported = timed(environment, "manage.py", "import_tweets", str(path))
        numbers = map(str, (asked.users, asked.tweets, int(asked.rank)))
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.size_inside", *numbers],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        report = {"import": imported} | json.loads(done.stdout)
        print(json.dumps(report, indent=2))


def write(path: Path, users: int, tweets: int) -> None:
    """Tweets of everybody, user by user, as archives of several people come."""
    texts = list(tweets_of(0, TEXTS))
    each = tweets // users
    with path.open("w", encoding="utf-8") as file:
        for user in range(users):
            for number in range(each):
                x_id = (user * each + number + 1) << 22
                text = f"{texts[x_id % TEXTS]} {number}"
                row = {"user": f"user{user}", "id": x_id, "text": text}
                file.write(json.dumps(row) + "\n")


def timed(environment: dict[str, str], *command: str) -> dict[str, float]:
    """Seconds of a command and the most memory it ever had."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    most = 0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        most = max(most, watched.memory_info().rss)
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    took = time.perf_counter() - started
    return {"seconds": round(took, 1), "peak MB": round(most / 2**20)}


if __name__ == "__main__":
    main()
