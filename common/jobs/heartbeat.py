"""Notices workers that died, and gives their tasks to others.

A worker says every few seconds that it lives. The task of one that has fallen silent
goes back into the queue, so every task must bear being run again.
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

BEAT = 10.0
SILENT_FOR = timedelta(minutes=1)
MAX_ATTEMPTS = 3


def beat(worker_id: str) -> None:
    """Says that this worker lives, and takes over from those that do not."""
    Worker.objects.update_or_create(id=worker_id, defaults={"seen_at": timezone.now()})
    reclaim()


def reclaim() -> int:
    """Puts the running tasks of dead workers back into the queue, or gives them up
    after MAX_ATTEMPTS; returns how many there were."""
    alive = set(living().values_list("pk", flat=True))
    abandoned = [
        task
        for task in DBTaskResult.objects.running().exclude(started_at__range=_lately())
        if not set(task.worker_ids[-1:]) & alive
    ]
    for task in abandoned:
        _put_back(task)
    long_ago = timezone.now() - timedelta(days=1)
    Worker.objects.filter(seen_at__lt=long_ago).delete()
    return len(abandoned)


def living() -> QuerySet[Worker]:
    """The workers that said lately that they live."""
    return Worker.objects.filter(seen_at__range=_lately())


def _lately() -> tuple[datetime, datetime]:
    """What lies further ahead was written by a clock that has been set back since."""
    now = timezone.now()
    return now - SILENT_FOR, now + SILENT_FOR


def _put_back(task: DBTaskResult) -> None:
    given_up = len(task.worker_ids) >= MAX_ATTEMPTS
    still = DBTaskResult.objects.filter(
        pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at
    )
    if given_up:
        still.update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            traceback=f"{MAX_ATTEMPTS} workers died while they ran this.",
        )
    else:
        still.update(status=TaskResultStatus.READY, started_at=None)
    logger.warning("The worker of task %s died; given up: %s", task.pk, given_up)


class Heart(threading.Thread):
    """Beats beside a worker until the process ends."""

    def __init__(self, worker_id: str, interval: float = BEAT) -> None:
        super().__init__(daemon=True, name="heart")
        self.worker_id = worker_id
        self.interval = interval
        self.stopping = threading.Event()

    def run(self) -> None:
        while True:
            try:
                beat(self.worker_id)
            except DatabaseError:
                logger.warning("The database did not take a beat.", exc_info=True)
                connection.close()
            if self.stopping.wait(self.interval):
                break
        connection.close()
