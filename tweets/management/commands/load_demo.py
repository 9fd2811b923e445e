import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from tweets.demo import load_demo, real_people, remove_demo


class Command(HypotweetCommand):
    help = (
        "Loads the fictional demo users; running it again changes nothing. On a "
        "terminal, it asks first where real people are stored."
    )
    examples = "  manage.py load_demo\n  manage.py load_demo --remove"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="Delete the demo users, with all that was built from them.",
        )
        parser.add_argument(
            "--yes", action="store_true", help="Do not ask for confirmation."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self.stdout.write(f"{remove_demo()} demo users removed.")
            return
        if not options["yes"] and not self._confirm(real_people()):
            raise CommandError("Nothing was loaded.")
        report = load_demo()
        for handle in report.taken:
            self.note(f"@{handle} is a real user here, so this demo user was left out.")
        self.stdout.write(
            f"{report.users} demo users, {report.stored:,} new tweets stored."
        )

    def _confirm(self, people: int) -> bool:
        """Ask where somebody could answer and real people would get company."""
        if not people or not sys.stdin.isatty():
            return True
        question = (
            f"{people:,} real people are stored here. Load fictional ones beside them? "
            "Type yes to confirm: "
        )
        try:
            return input(question).strip().lower() == "yes"
        except EOFError:
            return False
