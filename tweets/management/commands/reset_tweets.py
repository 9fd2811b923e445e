from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from tweets.models import Tweet, User
from tweets.store.deletion import reset_tweets


class Command(HypotweetCommand):
    help = (
        "Deletes tweets, everything computed from them, and the progress of "
        "refreshes. The users stay."
    )
    examples = """  manage.py reset_tweets --user some_handle
  manage.py reset_tweets --all --yes"""

    def add_arguments(self, parser: CommandParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument(
            "--user", metavar="HANDLE", help="Delete the tweets of this user."
        )
        whose.add_argument(
            "--all", action="store_true", help="Delete the tweets of all users."
        )
        parser.add_argument(
            "--yes", action="store_true", help="Do not ask for confirmation."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        users = User.objects.all()
        if options["user"]:
            users = users.by_handle(options["user"])
            if not users:
                raise CommandError(f"There is no user @{options['user']}.")
        count = Tweet.objects.filter(user__in=users).count()
        if not options["yes"] and not self._confirm(count, users.count()):
            raise CommandError("Nothing was deleted.")
        deleted = reset_tweets(users)
        self.stdout.write(f"{deleted:,} tweets deleted.")

    def _confirm(self, tweets: int, users: int) -> bool:
        question = f"Delete {tweets:,} tweets of {users:,} users? Type yes to confirm: "
        try:
            return input(question).strip().lower() == "yes"
        except EOFError:
            return False
