from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from hypotweet_site.operations.prune import prune


class Command(HypotweetCommand):
    help = (
        "Deletes rows that are no longer needed: finished tasks, expired sessions and "
        "rate limits, old sign-ins, uploads that were never imported. Run it daily."
    )
    examples = (
        "  manage.py prune\n"
        "  manage.py prune --days 30\n"
        "  manage.py prune --dry-run --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=14,
            help="Keep rows younger than this (default: 14).",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only count the rows."
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days must be 1 or more.", returncode=2)
        counts = prune(options["days"], options["dry_run"])
        if options["json"]:
            self.write_json({"dry_run": options["dry_run"], "deleted": counts})
            return
        done = "would be deleted" if options["dry_run"] else "deleted"
        for name, count in counts.items():
            self.stdout.write(f"{count:>9,} {name} {done}")
