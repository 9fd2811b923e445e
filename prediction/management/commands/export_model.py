from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from prediction.serving.question import (
    EVERYBODY,
    QuestionError,
    choose_everyone,
    choose_group,
)
from prediction.training.backgrounds import NotEnoughUsersError


class Command(HypotweetCommand):
    help = "Writes one file that predicts among some users without the database."
    examples = """  manage.py export_model --users ann bob cem -o three.hypotweet
  manage.py export_model --all-users -o everybody.hypotweet
  manage.py predict --model three.hypotweet --text "What a match!\""""

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--users", nargs="+", metavar="HANDLE", help="Two or more.")
        who.add_argument(
            "--all-users", action="store_true", help="Everybody with enough tweets."
        )
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        # Imported late: numpy and scipy take a while.
        from prediction.engine.export import save_model
        from prediction.serving.loader import compose_whole
        from prediction.training import signatures

        try:
            if options["all_users"]:
                users = choose_everyone(EVERYBODY)
            else:
                users = choose_group(options["users"], EVERYBODY)
            signatures.build_unless_fresh(users)
            group, members, _ = compose_whole(users)
            handles = [user.handle for user in members]
            save_model(options["output"], handles, group.signatures, group.idf)
        except QuestionError as error:
            raise CommandError(error.message, returncode=2) from None
        except NotEnoughUsersError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from None
        size = options["output"].stat().st_size / 2**20
        self.stdout.write(f"{len(users):,} users, {size:.1f} MB: {options['output']}")
