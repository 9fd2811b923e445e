from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from prediction.engine.errors import NoVectorsError
from tweets.models import User


class Command(HypotweetCommand):
    help = (
        "Computes the document vectors that the engine `vectors` needs, with the spaCy "
        "pipeline of SPACY_PIPELINE. Without it they are computed on demand."
    )
    examples = """  manage.py build_vectors
  manage.py build_vectors some_handle another"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handles", nargs="*", metavar="HANDLE")

    def handle(self, *args: Any, **options: Any) -> None:
        from prediction.serving.spacy_engine import build_vectors

        users = User.objects.predictable().order_by("pk")
        if options["handles"]:
            users = users.by_handles(options["handles"])
        ids = list(users.values_list("pk", flat=True))
        if options["handles"] and len(ids) < len(set(options["handles"])):
            raise CommandError("Not everybody of these is known with enough tweets.")
        count = 0
        try:
            with self.progress("user", total=len(ids)) as bar:
                for user_id in ids:
                    count += build_vectors([user_id])
                    bar.update()
        except NoVectorsError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{count:,} tweets of {len(ids):,} users have vectors.")
