from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from tweets.x.api.errors import XError
from tweets.x.connect import NotConfiguredError, connect
from tweets.x.following import add_users
from tweets.x.session import Session


class Command(HypotweetCommand):
    help = "Follows users on X. The next refresh reads their posts."
    examples = "  manage.py add_users some_handle @another"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handles", nargs="+", metavar="HANDLE")
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = add_users(Session(connect()), options["handles"])
        except NotConfiguredError as error:
            raise CommandError(str(error)) from None
        except XError as error:
            raise CommandError(error.message) from None
        if options["json"]:
            self.write_json(vars(report))
        else:
            for handle in report.added:
                self.stdout.write(f"@{handle} added")
            for handle in report.known:
                self.stdout.write(f"@{handle} is already followed")
        for handle, why in report.refused.items():
            self.note(f"@{handle}: {why}")
        if report.refused:
            raise CommandError("Some users could not be added; see above.")
