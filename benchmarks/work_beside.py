"""Rebuilds all signatures and refreshes users from a server that plays X, again and
again until it is stopped: what goes on beside the load of `benchmarks.load --beside`.

The database must hold the demo users; users of X are added to it.
"""

import json
import os
import signal
import subprocess
import sys
import threading

from benchmarks.followed import followed
from benchmarks.installation import ROOT

USERS, POSTS = 100, 200
REBUILD = ("build_signatures", "--all")
REFRESH = ("refresh_tweets", "--json")
FORGET = """
from tweets.models import User
from tweets.store.deletion import reset_tweets
reset_tweets(User.objects.filter(source="x"))
"""


def main() -> None:
    """Prints how often each was done, on SIGTERM."""
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    done = {"rebuilds": 0, "refreshes": 0}
    with followed(dict(os.environ), USERS, POSTS) as (_, environment):
        print("ready", flush=True)

        def again(counter: str, *commands: tuple[str, ...]) -> None:
            while all(finished(command, environment, over) for command in commands):
                done[counter] += 1

        loops = [
            threading.Thread(target=again, args=("rebuilds", REBUILD)),
            threading.Thread(
                target=again,
                args=("refreshes", REFRESH, ("shell", "-v0", "-c", FORGET)),
            ),
        ]
        for loop in loops:
            loop.start()
        for loop in loops:
            loop.join()
    print(json.dumps(done))


def finished(
    command: tuple[str, ...], environment: dict[str, str], over: threading.Event
) -> bool:
    """Whether it ran to its end before all is over."""
    running = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while running.poll() is None:
        if over.wait(0.2):
            running.terminate()
            running.wait()
    return not over.is_set()


if __name__ == "__main__":
    main()
