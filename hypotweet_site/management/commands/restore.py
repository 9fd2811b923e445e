from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from hypotweet_site.operations.backup.archive import BackupError, verify
from hypotweet_site.operations.backup.restore import is_empty, restore, summary


class Command(HypotweetCommand):
    help = (
        "Puts a backup into the database, after it has verified all of it. Either "
        "everything is restored or nothing is changed. Stop the site and its workers "
        "before, and build the signatures afterwards."
    )
    examples = (
        "  manage.py restore /backups/hypotweet-2026-11-24.zip\n"
        "  manage.py restore old.zip --erasures /backups/erasures.jsonl --yes"
    )
    stopped_message = "Stopped. The database is as it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--erasures",
            type=Path,
            default=Path(settings.ERASURES_FILE),
            metavar="FILE",
            help="Who was erased or opted out since (default: ERASURES_FILE).",
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help="Replace what the database holds; without it, it has to be empty.",
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"] and not is_empty():
            raise CommandError(
                "The database is not empty. With --yes all that it holds is replaced.",
                returncode=2,
            )
        try:
            backup = verify(options["file"])
            kept_out = restore(backup, options["erasures"])
        except BackupError as error:
            raise CommandError(f"{options['file']}: {error} Nothing changed.") from None
        counts = summary(backup)
        if options["json"]:
            self.write_json({"rows": counts, "kept_out": kept_out})
            return
        for name, count in counts.items():
            self.stdout.write(f"{count:>9,} {name}")
        self.stdout.write(
            f"Restored as of {backup.made_at:%Y-%m-%d %H:%M} UTC; {kept_out:,} people "
            "erased or opted out since were kept out. Now run build_signatures."
        )
