"""Heartbeats of workers, by which tasks of dead workers are queued again.

django-tasks-db leaves such tasks running for ever. Since a task may run again after it
has done part of its work, every task must be idempotent.
"""

import logging
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from common.models import Worker

logger = logging.getLogger(__name__)

INTERVAL = 10.0  # seconds
DEAD_AFTER = timedelta(minutes=1)
MAX_ATTEMPTS = 3


def beat(worker_id: str, builds: bool = True) -> None:
    """Record that this worker is alive, and requeue the tasks of dead ones."""
    state = {"seen_at": timezone.now(), "builds": builds}
    Worker.objects.update_or_create(id=worker_id, defaults=state)
    reclaim()


def reclaim() -> int:
    """Requeue the running tasks of dead workers; return how many there were.

    A task whose worker died MAX_ATTEMPTS times fails instead.
    """
    found = abandoned()
    for task in found:
        _requeue(task)
    long_ago = timezone.now() - timedelta(days=1)
    Worker.objects.filter(seen_at__lt=long_ago).delete()
    return len(found)


def abandoned() -> list[DBTaskResult]:
    """Return the running tasks whose worker has died."""
    alive = set(living().values_list("pk", flat=True))
    running = DBTaskResult.objects.running().exclude(started_at__range=_lately())
    return [task for task in running if not set(task.worker_ids[-1:]) & alive]


def living() -> QuerySet[Worker]:
    """Return the workers with a recent heartbeat."""
    return Worker.objects.filter(seen_at__range=_lately())


def builders() -> QuerySet[Worker]:
    """Return those of them that build."""
    return living().filter(builds=True)


def _lately() -> tuple[datetime, datetime]:
    """Heartbeats from the far future were written before the clock was set back."""
    now = timezone.now()
    return now - DEAD_AFTER, now + DEAD_AFTER


def _requeue(task: DBTaskResult) -> None:
    gives_up = len(task.worker_ids) >= MAX_ATTEMPTS
    unchanged = DBTaskResult.objects.filter(
        pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at
    )
    if gives_up:
        unchanged.update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            traceback=f"{MAX_ATTEMPTS} workers died while they ran this.",
        )
    else:
        unchanged.update(status=TaskResultStatus.READY, started_at=None)
    logger.warning("The worker of task %s died; given up: %s", task.pk, gives_up)


class Heart(threading.Thread):
    """A thread that sends heartbeats while a worker runs."""

    def __init__(
        self, worker_id: str, builds: bool = True, interval: float = INTERVAL
    ) -> None:
        super().__init__(daemon=True, name="heart")
        self.worker_id = worker_id
        self.builds = builds
        self.interval = interval
        self.stopping = threading.Event()

    def run(self) -> None:
        while True:
            try:
                beat(self.worker_id, self.builds)
            except DatabaseError:
                logger.warning("A heartbeat could not be stored.", exc_info=True)
                connection.close()
            if self.stopping.wait(self.interval):
                break
        connection.close()
