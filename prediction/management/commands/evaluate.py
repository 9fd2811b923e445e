import json
import random
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from common.texts import MIN_TWEETS
from prediction.engine.errors import NoVectorsError
from prediction.engine.evaluation.engines import DEFAULT_ENGINES, ENGINES, PEERS
from prediction.serving.question import (
    EVERYBODY,
    QuestionError,
    choose_everyone,
    choose_group,
)
from prediction.training.eligible import MAX_TWEETS, eligible_texts
from tweets.models import User

if TYPE_CHECKING:
    from prediction.engine.evaluation.scoring import Measured
    from prediction.engine.evaluation.splitting import Split

_CURVES = ("signature", *PEERS)


class Command(HypotweetCommand):
    help = (
        "Trains engines from scratch on some users' tweets and scores them on later "
        "tweets. Nothing stored changes."
    )
    examples = """  manage.py evaluate
  manage.py evaluate --users ann bob cem --train 500 --engines signature majority
  manage.py evaluate --report evaluation.html --predictions predictions.jsonl
  manage.py evaluate --mixed --engines signature linear-svm
  manage.py evaluate --sample 50 --train 200 --test 50 --seed 1 --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--users", nargs="+", metavar="HANDLE", help="Two or more.")
        who.add_argument(
            "--sample", type=int, metavar="N", help="N users drawn at random."
        )
        size = parser.add_mutually_exclusive_group()
        size.add_argument(
            "--train",
            type=int,
            default=200,
            metavar="K",
            help="Training tweets per user; 200 without it.",
        )
        size.add_argument(
            "--mixed",
            action="store_true",
            help="One group whose users have 20, 50, 200, 1,000 or 3,200 training "
            "tweets, as far as they wrote so many.",
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
            help=f"Any of: {', '.join(ENGINES)}; all but vectors without it.",
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="Also write a page with confusion, reliability, and accuracy by group "
            "size, on slices of the test, and by training tweets, equal and mixed; "
            "takes several times as long.",
        )
        parser.add_argument(
            "--predictions",
            type=Path,
            metavar="FILE",
            help="Also write JSON lines, one for each test tweet and engine: its true "
            "handle, its position among that user's test tweets (from 0; oldest "
            "first where split by time), every user's probability and that of none "
            "of these. The text itself is not written.",
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("train", "test"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be 1 or more.", returncode=2)
        train = MAX_TWEETS if options["mixed"] else options["train"]
        tweets = {
            user.handle: eligible_texts(user.pk, train + options["test"])
            for user in self._users(options)
        }
        try:
            result = self._evaluate(tweets, options)
            if options["report"]:
                self._write_report(result, tweets, options)
        except (ValueError, NoVectorsError) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
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
        from prediction.engine.evaluation import curves
        from prediction.engine.evaluation.report import report
        from prediction.engine.evaluation.splitting import split

        train = MAX_TWEETS if options["mixed"] else options["train"]
        parts = split(tweets, train, options["test"], options["split"], options["seed"])
        trains = sorted({*(n for n in curves.TRAINS if n < train), train})
        names = [name for name in options["engines"] if name in _CURVES]
        with options["report"].open("w", encoding="utf-8") as page:
            equal = {
                name: curves.accuracy_by_tweets(name, parts, trains) for name in names
            }
            mixed = {name: curves.mixed_levels(name, parts, trains) for name in names}
            page.write(report(result, equal, mixed))

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
        # Imported late: --help must not load scikit-learn.
        from prediction.engine.evaluation.evaluation import evaluate

        with self.progress("step") as bar, ExitStack() as files:

            def on_step(name: str) -> None:
                bar.set_description(name)
                bar.update()

            return evaluate(
                tweets,
                train=None if options["mixed"] else options["train"],
                test=options["test"],
                split_by=options["split"],
                seed=options["seed"],
                engines=options["engines"],
                pipeline=settings.SPACY_PIPELINE,
                progress=on_step,
                on_scored=_writer(options["predictions"], files),
            )

    def _print(self, result: dict[str, Any]) -> None:
        users, chance = len(result["users"]), result["chance"]
        train = "20 to 3,200" if result["train"] is None else result["train"]
        self.stdout.write(
            f"{users} users, {train} training tweets each, "
            f"{result['test']} test tweets each, chance {chance:.1%}"
        )
        self.stdout.write(
            f"{'engine':<12} {'right':>7} {'95%':>14} {'F1':>6} {'log loss':>9} "
            f"{'Brier':>6} {'ECE':>6} {'Cllr':>6} {'EER':>6} {'fit s':>7} "
            f"{'ms each':>8}"
        )
        for name, figures in result["engines"].items():
            self.stdout.write(_line(name, figures))
        for skipped in result["skipped"]:
            self.note(
                f"@{skipped['handle']} is left out: {skipped['tweets']} eligible "
                f"tweets of the {skipped['needed']} needed."
            )


def _line(name: str, figures: dict[str, Any]) -> str:
    low, high = (figures["accuracy_interval"][side] for side in ("low", "high"))
    between = f"{low:.1%}-{high:.1%}"
    return (
        f"{name:<12} {figures['accuracy']:>7.1%} {between:>14} "
        f"{figures['macro_f1']:>6.3f} {figures['log_loss']:>9.3f} "
        f"{figures['brier']:>6.3f} {figures['ece']:>6.3f} {figures['cllr']:>6.3f} "
        f"{figures['eer']:>6.1%} {figures['seconds_to_fit']:>7.1f} "
        f"{figures['ms_per_prediction']:>8.2f}"
    )


def _writer(
    path: Path | None, files: ExitStack
) -> "Callable[[str, Split, Measured], None]":
    """Return a function that writes an engine's predictions as they come."""
    from prediction.engine.evaluation.predictions import rows

    if path is None:
        return lambda name, parts, measured: None
    file = files.enter_context(path.open("w", encoding="utf-8"))

    def write(name: str, parts: "Split", measured: "Measured") -> None:
        for row in rows(name, parts, measured):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    return write
