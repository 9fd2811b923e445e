from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from hypotweet_site.operations.backup.archive import write
from hypotweet_site.operations.backup.restore import summary


class Command(HypotweetCommand):
    help = (
        "Writes all that cannot be built again to one file: people, tweets, accounts, "
        "keys (hashed), saved answers, feedback, opt-outs and fetches. It can be "
        "restored into SQLite and PostgreSQL. Signatures are built anew. The site may "
        "run meanwhile."
    )
    examples = "  manage.py backup /backups/hypotweet-2026-11-24.zip"
    stopped_message = "Stopped. No backup was written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = write(options["file"])
        except OSError as error:
            raise CommandError(
                f"{options['file']} cannot be written: {error.strerror or error}"
            ) from None
        counts = summary(backup)
        if options["json"]:
            self.write_json({"path": str(backup.path), "rows": counts})
            return
        for name, count in counts.items():
            self.stdout.write(f"{count:>9,} {name}")
        self.stdout.write(f"Written to {backup.path}.")
