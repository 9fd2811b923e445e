from argparse import ArgumentParser
from typing import Any

from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from common.jobs.companion import Companion
from common.jobs.heartbeat import Heart
from common.jobs.queues import BUILDS, takes_builds


class Command(DatabaseWorker):
    help = (
        "Runs background tasks, also those of workers that died. Builds run in a "
        "second process, so that refreshes and imports never wait for them; "
        "--queue-name builds and --exclude-queues builds put them on machines of "
        "their own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.epilog = "example: manage.py db_worker"
        parser.set_defaults(queue_name="*")

    def handle(self, **options: Any) -> None:
        if not _takes_all_for_ever(options):
            self._work(**options)
            return
        shared = ("verbosity", "interval", "backend_name", "startup_delay")
        with Companion(**{name: options[name] for name in shared}):
            self._work(**options | {"exclude_queues": BUILDS})

    def _work(self, *, worker_id: str, **options: Any) -> None:
        builds = takes_builds(options["queue_name"], options["exclude_queues"])
        heart = Heart(worker_id, builds)
        heart.start()
        try:
            super().handle(worker_id=worker_id, **options)
        finally:
            heart.stopping.set()


def _takes_all_for_ever(options: dict[str, Any]) -> bool:
    limits = ("exclude_queues", "batch", "max_tasks", "reload")
    return options["queue_name"] == "*" and not any(options[name] for name in limits)
