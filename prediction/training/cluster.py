"""A Dask cluster that builds signatures and evaluates, on any number of machines.

Workers get ids. They read tweets and the sample from PostgreSQL with the credentials
of their own environment, and store what they built. Dask hands what a killed worker
had to others.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from django.db import connection

from prediction.training.on_worker import Refusal, here, perform
from prediction.training.signatures import Build
from prediction.training.tweet_features import TweetFeatures

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds to wait for a scheduler, and for its first worker.
PATIENCE = 30
# How often a task may fail, on whatever worker: a database that restarts, say.
RETRIES = 2
# How many workers may end during one task before it is held responsible.
LOST_WORKERS = 10


class ClusterError(Exception):
    """There is no such cluster, or one of its workers cannot take part."""


class Cluster:
    """The workers of a scheduler, within a `with` block.

    Raises ClusterError: on entering if it cannot be used, later if a worker refuses
    or the scheduler is gone. Whatever was stored by then stays.
    """

    _client: "Client"

    def __init__(self, address: str) -> None:
        self.address = address

    def __enter__(self) -> Self:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError(
                "dask.distributed is not installed: "
                "pip install -r requirements-extras.txt"
            ) from None
        if connection.vendor != "postgresql":
            raise ClusterError(
                "A cluster needs PostgreSQL: workers on other machines cannot read a "
                "SQLite file. Set DATABASE_URL, here and for the workers."
            )
        self._expected = here()
        try:
            self._client = Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"No Dask scheduler answers at {self.address}: {error}"
            ) from None
        self._wait_for_workers()
        return self

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            self._client.close()
            raise ClusterError(
                f"The scheduler at {self.address} has no workers."
            ) from None

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def each(
        self,
        build: Build,
        user_ids: list[int],
        background_id: int,
        features: TweetFeatures,
    ) -> Iterator[bool]:
        """Yield whether each user has enough tweets, in the order they are done.

        Workers compute all features anew, since sending those of `features` would
        take longer.
        """
        shared = {"how": build.__name__, "background_id": background_id}
        for _, done in self.perform("build", user_ids, **shared):
            yield done

    def perform(
        self, task: str, arguments: Sequence[Any], **shared: Any
    ) -> Iterator[tuple[int, Any]]:
        """Yield, as each is done, the position of an argument and what the task
        returned for it."""
        from distributed import as_completed
        from distributed.comm.core import CommClosedError

        shared |= {"expected": self._expected}
        asked = {
            self._submit(task, argument, shared): position
            for position, argument in enumerate(arguments)
        }
        lost: Counter[int] = Counter()
        done = as_completed(list(asked), loop=self._client.loop)
        try:
            for future in done:
                position = asked.pop(future)
                if not self._is_lost(future):
                    yield position, self._result(future)
                    continue
                lost[position] += 1
                if lost[position] > LOST_WORKERS:
                    raise ClusterError(
                        f"{task} ended {lost[position]} workers in a row, given "
                        f"{arguments[position]}."
                    )
                again = self._submit(task, arguments[position], shared)
                asked[again] = position
                done.add(again)
        except (CancelledError, CommClosedError):
            raise ClusterError(
                f"The scheduler at {self.address} is gone. What is stored stays; run "
                "it again to continue."
            ) from None
        finally:
            with suppress(CommClosedError, OSError):
                self._client.cancel(list(asked))

    def _submit(self, task: str, argument: Any, shared: dict[str, Any]) -> "Future":
        return self._client.submit(
            perform, task, argument, **shared, pure=False, retries=RETRIES
        )

    def _is_lost(self, future: "Future") -> bool:
        """Say whether Dask gave a task up because too many of its workers ended."""
        from distributed import KilledWorker

        return future.status == "error" and isinstance(future.exception(), KilledWorker)

    def _result(self, future: "Future") -> Any:
        result = future.result()
        if isinstance(result, Refusal):
            raise ClusterError(
                f"A worker of {self.address} {result.reason}. Nothing was stored by "
                "it. Give it what this command has, or end it; then run it again."
            )
        return result
