"""A Dask scheduler and its workers as processes of their own, on loopback."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from distributed import Client

from tests.installation import ROOT
from tests.patience import PATIENCE
from tests.ports import free_port

DASK = [sys.executable, "-m", "dask"]
# Whatever stops the test ends them, too.
QUIET = ["--no-dashboard", "--death-timeout", "60"]


class ProcessCluster:
    """Until the block ends. Workers are named by their number and are not restarted.

    Dask's own patience with tasks whose workers end is set to none, so that HypoTweet's
    is what is tested.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self._environment = os.environ | environment
        self._environment["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = "0"
        self._log = (folder / "cluster.log").open("w")
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        port = self.address.rsplit(":", 1)[1]
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"
        )
        return self

    def add(self, count: int, **environment: str) -> None:
        """Starts workers of one thread."""
        for _ in range(count):
            name = str(len(self.workers))
            command = ("worker", self.address, "--no-nanny", "--nthreads", "1", *QUIET)
            self.workers[name] = self._start(*command, "--name", name, **environment)

    def processing(self) -> dict[str, int]:
        """Returns how many tasks each worker has; those without any are left out."""
        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            workers = client.scheduler_info(n_workers=-1)["workers"]
            tasks = client.processing()
        return {
            str(workers[address]["name"]): len(keys)
            for address, keys in tasks.items()
            if keys and address in workers
        }

    def kill(self, name: str) -> None:
        """Ends a worker so that it can do nothing about it."""
        self.workers[name].send_signal(signal.SIGKILL)
        self.workers[name].wait()

    def __exit__(self, *error: object) -> None:
        for process in (*self.workers.values(), self.scheduler):
            process.kill()
            process.wait()
        self._log.close()

    def _start(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*DASK, *arguments],
            cwd=ROOT,
            env=self._environment | environment,
            stdout=self._log,
            stderr=self._log,
        )
