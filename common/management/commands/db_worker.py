from typing import Any

from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from common.jobs.heartbeat import Heart


class Command(DatabaseWorker):
    help = "Runs background tasks, also those of workers that died."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        heart = Heart(worker_id)
        heart.start()
        try:
            super().handle(worker_id=worker_id, **options)
        finally:
            heart.stopping.set()
