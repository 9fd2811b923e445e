import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
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
from prediction.training.cluster import ClusterError
from prediction.training.eligible import MAX_TWEETS
from prediction.training.evaluations import Plan, carry_out_each, tweets_for
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
  manage.py evaluate --sample 50 --train 200 --test 50 --seed 1 --json
  manage.py evaluate --sample 10 25 50 --train 50 200 --seed 1 2 3 4 5
  manage.py evaluate --sample 50 --seed 1 2 3 --scheduler tcp://10.0.0.5:8786"""

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--users", nargs="+", metavar="HANDLE", help="Two or more.")
        who.add_argument(
            "--sample",
            type=int,
            nargs="+",
            metavar="N",
            help="N users drawn at random. Several values, here or of --train and "
            "--seed, are all tried, in one table over the seeds.",
        )
        size = parser.add_mutually_exclusive_group()
        size.add_argument(
            "--train",
            type=int,
            nargs="+",
            default=[200],
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
        parser.add_argument(
            "--seed",
            type=int,
            nargs="+",
            default=[0],
            metavar="S",
            help="0 without it.",
        )
        parser.add_argument(
            "--scheduler",
            metavar="URL",
            help="Try several values by the workers of this Dask scheduler; needs "
            "PostgreSQL and requirements-extras.txt.",
        )
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
            if min(_values(options[name])) < 1:
                raise CommandError(f"--{name} must be 1 or more.", returncode=2)
        combined = _settings(options)
        try:
            if len(combined) > 1:
                self._sweep(combined, options)
            else:
                self._evaluate_once(options | combined[0])
        except (ValueError, NoVectorsError, ClusterError) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def _evaluate_once(self, options: dict[str, Any]) -> None:
        if options["scheduler"]:
            raise CommandError(
                "--scheduler is for several values of --sample, --train or --seed.",
                returncode=2,
            )
        ids = [user.pk for user in self._users(options)]
        tweets = tweets_for(ids, options["train"], options["test"])
        result = self._evaluate(tweets, options)
        if options["report"]:
            self._write_report(result, tweets, options)
        if options["json"]:
            self.write_json(result)
        else:
            self._print(result)

    def _sweep(self, combined: list[dict[str, Any]], options: dict[str, Any]) -> None:
        if options["report"] or options["predictions"]:
            raise CommandError(
                "--report and --predictions are for one value of each option.",
                returncode=2,
            )
        # Imported late: --help must not load scikit-learn.
        from prediction.engine.evaluation.sweep import summary

        plans = [self._plan(options | setting) for setting in combined]
        with self.progress("evaluation", total=len(plans)) as bar:
            results = carry_out_each(plans, options["scheduler"], bar.update)
        kept = [{key: each[key] for key in ("sample", "train")} for each in combined]
        found = summary(list(zip(kept, results, strict=True)))
        if options["json"]:
            about = {"split": options["split"], "test": options["test"]}
            self.write_json({**about, "settings": found})
            return
        for row in _sweep_table(found):
            self.stdout.write(row)

    def _plan(self, options: dict[str, Any]) -> Plan:
        return {
            "user_ids": [user.pk for user in self._users(options)],
            "train": options["train"],
            "test": options["test"],
            "split_by": options["split"],
            "seed": options["seed"],
            "engines": options["engines"],
            "pipeline": settings.SPACY_PIPELINE,
        }

    def _write_report(
        self,
        result: dict[str, Any],
        tweets: dict[str, list[str]],
        options: dict[str, Any],
    ) -> None:
        from prediction.engine.evaluation import curves
        from prediction.engine.evaluation.report import report
        from prediction.engine.evaluation.splitting import split

        train = options["train"] or MAX_TWEETS
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
                train=options["train"],
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


def _values(option: int | list[int]) -> list[int]:
    return option if isinstance(option, list) else [option]


def _settings(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each combination of the values given; seeds vary fastest."""
    sizes = options["sample"] and _values(options["sample"])
    trains = [None] if options["mixed"] else _values(options["train"])
    return [
        {"sample": sample, "train": train, "seed": seed}
        for sample, train, seed in product(
            sizes or [None], trains, _values(options["seed"])
        )
    ]


def _sweep_table(found: list[dict[str, Any]]) -> Iterator[str]:
    """Yield lines with mean and, over several seeds, spread of a few measures."""
    yield (
        f"{'users':>6} {'train':>6} {'seeds':>5} {'engine':<12} {'right':>14} "
        f"{'log loss':>14} {'ECE':>14} {'Cllr':>14}"
    )
    for setting in found:
        users = f"{sum(setting['users']) / len(setting['users']):g}"
        for name, figures in setting["engines"].items():
            cells = [
                _cell(figures["accuracy"], ".1%"),
                *(_cell(figures[key], ".3f") for key in ("log_loss", "ece", "cllr")),
            ]
            yield (
                f"{users:>6} {setting['train'] or 'mixed':>6} "
                f"{len(setting['seeds']):>5} {name:<12} "
                + " ".join(f"{cell:>14}" for cell in cells)
            )


def _cell(measured: dict[str, Any], shown: str) -> str:
    mean = format(measured["mean"], shown)
    spread = measured["spread"]
    return mean if spread is None else f"{mean} ±{format(spread, shown)}"


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
