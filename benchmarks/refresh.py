"""Two processes refresh many users from a server that plays X, on a real PostgreSQL.

python -m benchmarks.refresh [--users 1000] [--posts 200] [--processes 2]
"""

import argparse
import json
import subprocess
import sys
import time

from benchmarks.followed import followed
from benchmarks.installation import ROOT, database, manage
from tweets.tests.fake_x import FakeX

COUNT = """
from tweets.models import Tweet, Fetch
print(Tweet.objects.count(), Tweet.objects.values("user", "x_id").distinct().count(),
      Fetch.objects.count())
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    with (
        database("postgresql") as own,
        followed(own, asked.users, asked.posts) as (x, environment),
    ):
        print(json.dumps(measure(asked, x, environment), indent=2))


def measure(
    asked: argparse.Namespace, x: FakeX, environment: dict[str, str]
) -> dict[str, object]:
    started = time.perf_counter()
    command = [sys.executable, "manage.py", "refresh_tweets", "--json"]
    running = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(asked.processes)
    ]
    reports = [json.loads(process.communicate()[0]) for process in running]
    seconds = time.perf_counter() - started
    stored, different, fetches = map(
        int, manage(environment, "shell", "-v0", "-c", COUNT).split()
    )
    return {
        "users": asked.users,
        "posts_each": asked.posts,
        "seconds": round(seconds, 1),
        "requests": len(x.requests),
        "users_by_process": [report["users"] for report in reports],
        "posts_read": sum(report["posts_read"] for report in reports),
        "stored": stored,
        "doubles": stored - different,
        "lost": asked.users * asked.posts - different,
        "fetches": fetches,
    }


if __name__ == "__main__":
    main()
