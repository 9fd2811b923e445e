import random
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from common.texts import MIN_TWEETS
from prediction.engine.errors import NoVectorsError
from prediction.engine.evaluation.engines import DEFAULT_ENGINES, ENGINES
from prediction.serving.question import (
    EVERYBODY,
    QuestionError,
    choose_everyone,
    choose_group,
)
from prediction.training.eligible import eligible_texts
from tweets.models import User

GROUP_SIZES = (2, 3, 5, 10, 25, 50)
TRAINS = (20, 50, 100, 200, 500, 1_000)


class Command(HypotweetCommand):
    help = (
        "Trains engines from scratch on some users' tweets and scores them on later "
        "tweets. Nothing stored changes."
    )
    examples = """  manage.py evaluate
  manage.py evaluate --users ann bob cem --train 500 --engines signature majority
  manage.py evaluate --report evaluation.html
  manage.py evaluate --sample 50 --train 200 --test 50 --seed 1 --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--users", nargs="+", metavar="HANDLE", help="Two or more.")
        who.add_argument(
            "--sample", type=int, metavar="N", help="N users drawn at random."
        )
        parser.add_argument(
            "--train",
            type=int,
            default=200,
            metavar="K",
            help="Training tweets.",
        )
        parser.add_argument(
            "--test",
            type=int,
            default=50,
            metavar="T",
            help="Test tweets per user.",
        )
        parser.add_argument("--split", choices=["time", "random"], default="time")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--engines",
            nargs="+",
            choices=ENGINES,
            default=list(DEFAULT_ENGINES),
            metavar="ENGINE",
            help=f"Any of: {', '.join(ENGINES)}.",
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="Also write a page with confusion, reliability, and accuracy by group "
            "size and by tweets per user; takes a few times as long.",
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("train", "test"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be 1 or more.", returncode=2)
        tweets = {
            user.handle: eligible_texts(user.pk, options["train"] + options["test"])
            for user in self._users(options)
        }
        try:
            result = self._evaluate(tweets, options)
        except (ValueError, NoVectorsError) as error:
            raise CommandError(str(error)) from None
        if options["report"]:
            self._write_report(result, tweets, options)
        if options["json"]:
            self.write_json(result)
        else:
            self._print(result)

    def _write_report(
        self,
        result: dict[str, Any],
        tweets: dict[str, list[str]],
        options: dict[str, Any],
    ) -> None:
        from prediction.engine.evaluation import evaluation, report

        test, split, seed = options["test"], options["split"], options["seed"]
        users, train = len(result["users"]), options["train"]
        page = report.report(
            result,
            evaluation.accuracy_by_group_size(
                tweets,
                sorted({size for size in GROUP_SIZES if size < users} | {users}),
                train,
                test,
                split,
                seed,
            ),
            evaluation.accuracy_by_tweets(
                tweets,
                sorted({size for size in TRAINS if size < train} | {train}),
                test,
                split,
                seed,
            ),
        )
        try:
            options["report"].write_text(page, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['report']}: {error.strerror}") from None

    def _users(self, options: dict[str, Any]) -> list[User]:
        try:
            if options["users"]:
                return choose_group(options["users"], EVERYBODY)
            users = sorted(choose_everyone(EVERYBODY), key=lambda user: user.pk)
        except QuestionError as error:
            raise CommandError(error.message, returncode=2) from None
        size = options["sample"]
        if size is None:
            return users
        if size < 2:
            raise CommandError("--sample must be 2 or more.", returncode=2)
        enough = [u for u in users if u.eligible_count >= options["test"] + MIN_TWEETS]
        return random.Random(options["seed"]).sample(enough, min(size, len(enough)))

    def _evaluate(
        self, tweets: dict[str, list[str]], options: dict[str, Any]
    ) -> dict[str, Any]:
        from prediction.engine.evaluation import evaluation

        with self.progress("step") as bar:

            def on_step(name: str) -> None:
                bar.set_description(name)
                bar.update()

            return evaluation.evaluate(
                tweets,
                train=options["train"],
                test=options["test"],
                split_by=options["split"],
                seed=options["seed"],
                engines=options["engines"],
                pipeline=settings.SPACY_PIPELINE,
                progress=on_step,
            )

    def _print(self, result: dict[str, Any]) -> None:
        users, chance = len(result["users"]), result["chance"]
        self.stdout.write(
            f"{users} users, {result['train']} training tweets each, "
            f"{result['test']} test tweets each, chance {chance:.1%}"
        )
        self.stdout.write(
            f"{'engine':<12} {'right':>7} {'F1':>6} {'log loss':>9} {'ECE':>6} "
            f"{'fit s':>7} {'ms each':>8}"
        )
        for name, figures in result["engines"].items():
            self.stdout.write(
                f"{name:<12} {figures['accuracy']:>7.1%} {figures['macro_f1']:>6.3f} "
                f"{figures['log_loss']:>9.3f} {figures['ece']:>6.3f} "
                f"{figures['seconds_to_fit']:>7.1f} "
                f"{figures['ms_per_prediction']:>8.2f}"
            )
        for skipped in result["skipped"]:
            self.note(
                f"@{skipped['handle']} is left out: {skipped['tweets']} eligible "
                f"tweets of the {skipped['needed']} needed."
            )
