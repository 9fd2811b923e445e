from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from tweets.models import User
from tweets.sources.fields.identifiers import parse_handle
from tweets.store.erasure import erase_and_opt_out, opt_out_of


class Command(HypotweetCommand):
    help = (
        "Deletes a user and everything derived from their tweets, and opts them out: "
        "the handle is not stored again. It cannot be undone."
    )
    examples = """  manage.py erase_user some_handle
  manage.py erase_user never_seen_here --yes"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handle", metavar="HANDLE")
        parser.add_argument(
            "--yes", action="store_true", help="Do not ask for confirmation."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            handle = parse_handle(options["handle"])
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from None
        if handle is None:
            raise CommandError("Give a handle.", returncode=2)
        user = User.objects.by_handle(handle).first()
        if not options["yes"] and not self._confirm(handle, user):
            raise CommandError("Nothing was erased.")
        if user is None:
            opt_out_of(handle, None)
            self.stdout.write(f"@{handle} was not stored here, and will not be.")
        else:
            erase_and_opt_out(user)
            self.stdout.write(f"{user} is erased and will not be stored again.")

    def _confirm(self, handle: str, user: User | None) -> bool:
        count = user.tweet_count if user else 0
        question = f"Erase @{handle} with {count:,} tweets for good? Type the handle: "
        try:
            return input(question).strip().lstrip("@").lower() == handle.lower()
        except EOFError:
            return False
