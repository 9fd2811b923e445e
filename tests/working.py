"""Runs background tasks within a test's transaction."""

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult


def work() -> None:
    """Runs everything that is waiting, as a worker does between two looks at the
    queue; a worker of its own would close the connection that the test needs."""
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="of-a-test",
        excluded_queue_names=[],
    )
    while task := DBTaskResult.objects.ready().first():
        task.claim("of-a-test")
        worker.run_task(task)
