from typing import Any

from common.commands import HypotweetCommand
from tweets.demo import load_demo


class Command(HypotweetCommand):
    help = "Loads the fictional demo users. Running it again changes nothing."
    examples = "  manage.py load_demo"

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_demo()
        for handle in report.taken:
            self.note(f"@{handle} is a real user here, so this demo user was left out.")
        self.stdout.write(
            f"{report.users} demo users, {report.stored:,} new tweets stored."
        )
