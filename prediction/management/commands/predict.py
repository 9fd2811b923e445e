import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.formats import date_format

from common.commands import HypotweetCommand
from prediction.engine.errors import DamagedModelError
from prediction.engine.export import load_model
from prediction.serving import loader, predictor
from prediction.serving.evidence.change import with_change, with_changes
from prediction.serving.evidence.why import whys, whys_json
from prediction.serving.loader import ComposedGroup
from prediction.serving.question import (
    EVERYBODY,
    QuestionError,
    choose_everyone,
    choose_group,
    choose_one,
    clean_text,
)
from prediction.serving.result import Result, Verbatim
from prediction.serving.verbatim import recognised
from prediction.serving.verification.verification import Verification, verify
from prediction.templatetags.answers import percent, times
from prediction.templatetags.evidence import because, changes
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.models import User

BATCH = 500
Predict = Callable[[list[str]], list[Result] | list[Verification]]


class Command(HypotweetCommand):
    help = (
        "Predicts which of some users most likely wrote a text, or says how much "
        "speaks for one user."
    )
    examples = """  manage.py predict --users ann bob cem --text "What a match!"
  manage.py predict --all-users --text "What a match!" --top 5 --json
  manage.py predict --user ann --text "What a match!"
  manage.py predict --users ann bob cem --text "What a match!" --why
  manage.py predict --model three.hypotweet --text "What a match!"
  manage.py predict --users ann bob --file texts.txt --json > answers.jsonl"""

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--users", nargs="+", metavar="HANDLE", help="Two or more.")
        who.add_argument(
            "--user",
            metavar="HANDLE",
            help="Say whether this one user would have written it.",
        )
        who.add_argument(
            "--all-users", action="store_true", help="Everybody with enough tweets."
        )
        who.add_argument(
            "--model",
            type=Path,
            help="A file by export_model, with its users.",
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--text", help="The hypothetical tweet.")
        what.add_argument(
            "--file",
            type=Path,
            help="One text per line; in a .jsonl file, a JSON string or an object with "
            '"text" per line.',
        )
        parser.add_argument(
            "--engine", default=predictor.ENGINE, choices=predictor.ENGINES
        )
        parser.add_argument(
            "--top", type=int, metavar="N", help="Show the N likeliest users only."
        )
        parser.add_argument(
            "--style-only",
            action="store_true",
            help="Ignore links, mentions, hashtags and numbers.",
        )
        parser.add_argument(
            "--why",
            action="store_true",
            help="Also say why, and what would change the answer; a model file has no "
            "tweets to count in.",
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["top"] is not None and options["top"] < 1:
            raise CommandError("--top must be 1 or more.", returncode=2)
        try:
            predict = self._predictor(options)
            if options["file"]:
                self._predict_file(predict, options)
            else:
                self._predict(predict, [clean_text(options["text"])], options)
        except QuestionError as error:
            raise CommandError(error.message, returncode=2) from None
        except NotEnoughUsersError as error:
            raise CommandError(str(error)) from None

    def _predictor(self, options: dict[str, Any]) -> Predict:
        """Return what answers texts: the chosen users, one user, or a model file."""
        if options["user"]:
            return self._verifier(options)
        if options["model"] is None:
            return partial(_answers, self._users(options), options)
        if options["engine"] != predictor.ENGINE:
            raise CommandError("--model has an engine of its own.", returncode=2)
        try:
            model = load_model(options["model"])
        except OSError as error:
            raise CommandError(f"{options['model']}: {error.strerror}") from None
        except DamagedModelError as error:
            raise CommandError(f"{options['model']}: {error}") from None
        users = tuple(User(handle=handle) for handle in model.handles)
        composed = ComposedGroup(model.group, users)
        style_only = options["style_only"]
        predict = partial(predictor.answers, composed, style_only=style_only)
        if not options["why"]:
            return predict
        return lambda texts: with_changes(
            composed, predict(texts), style_only=style_only
        )

    def _verifier(self, options: dict[str, Any]) -> Predict:
        if options["engine"] != predictor.ENGINE or options["top"] or options["why"]:
            raise CommandError(
                "--user takes no --engine, no --top and no --why.", returncode=2
            )
        user = choose_one(options["user"], EVERYBODY)
        loader.build_now([user])
        return partial(
            verify,
            user,
            among=EVERYBODY,
            style_only=options["style_only"],
        )

    def _users(self, options: dict[str, Any]) -> list[User]:
        if options["all_users"]:
            users = choose_everyone(EVERYBODY)
        else:
            users = choose_group(options["users"], EVERYBODY)
        loader.build_now(users)
        return users

    def _predict_file(self, predict: Predict, options: dict[str, Any]) -> None:
        failed, texts = 0, []
        for number, read in self._texts(options["file"]):
            if isinstance(read, QuestionError):
                failed += 1
                self.note(f"line {number}: {read.message}")
                continue
            texts.append(read)
            if len(texts) == BATCH:
                self._predict(predict, texts, options)
                texts = []
        self._predict(predict, texts, options)
        if failed:
            raise CommandError(f"{failed:,} lines could not be predicted.")

    def _texts(self, path: Path) -> Iterator[tuple[int, str | QuestionError]]:
        try:
            with path.open(
                encoding="utf-8-sig", errors="replace", newline="\n"
            ) as lines:
                for number, line in enumerate(lines, 1):
                    yield number, _read(line.rstrip("\r\n"), path.suffix == ".jsonl")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=2) from None

    def _predict(
        self, predict: Predict, texts: list[str], options: dict[str, Any]
    ) -> None:
        for result in predict(texts):
            if options["json"]:
                indent = None if options["file"] else 2
                self.write_json(_json(result, options), indent)
            elif isinstance(result, Verification):
                self._print_verification(result)
            else:
                self._print(result, options["top"])
                if options["why"]:
                    self._print_why(result, options)

    def _print_verification(self, found: Verification) -> None:
        self.stdout.write(found.text.replace("\n", " "))
        if found.verbatim:
            self.stdout.write(f"  {_really_wrote(found.verbatim)}")
        than = found.user if found.is_in_favour else "somebody else"
        self.stdout.write(
            f"  {found.words.capitalize()}: {times(found.times)} as likely from {than}."
        )
        for caution in found.cautions:
            self.stdout.write(f"  {caution}")

    def _print(self, result: Result, top: int | None) -> None:
        self.stdout.write(result.text.replace("\n", " "))
        if result.verbatim:
            self.stdout.write(f"  {_really_wrote(result.verbatim)}")
        for candidate in result.ranking[:top]:
            bar = "█" * round(20 * candidate.probability)
            self.stdout.write(
                f"  {percent(candidate.probability):>9}  {candidate.user} {bar}"
            )
        if result.none_of_these.flag:
            why = f": {result.doubt}" if result.doubt else ""
            self.stdout.write(f"  Nobody here writes like this{why}.")
        for notice in result.notices:
            self.stdout.write(f"  {notice}")
        held_out = result.held_out
        if not held_out.tweets:
            return
        self.stdout.write(
            f"  On this group's newest {held_out.tweets:,} tweets the model is right "
            f"{held_out.accuracy:.0%} of the time (chance {held_out.chance:.0%}).\n"
        )

    def _print_why(self, result: Result, options: dict[str, Any]) -> None:
        # A model file comes without stored tweets.
        if not options["model"]:
            for found in whys(result, style_only=options["style_only"]):
                self.stdout.write(f"  {because(found)}")
        if result.change:
            self.stdout.write(f"  {changes(result.change)}")


def _answers(
    users: list[User], options: dict[str, Any], texts: list[str]
) -> list[Result]:
    style_only = options["style_only"]
    results = predictor.predict_many(
        users, texts, engine=options["engine"], style_only=style_only
    )
    if options["why"]:
        results = [with_change(result, style_only=style_only) for result in results]
    return recognised(results, EVERYBODY)


def _json(result: Result | Verification, options: dict[str, Any]) -> dict[str, Any]:
    if isinstance(result, Verification):
        return result.as_json()
    if options["why"] and not options["model"]:
        style_only = options["style_only"]
        return whys_json(result, options["top"], style_only=style_only)
    return result.as_json(options["top"])


def _really_wrote(found: Verbatim) -> str:
    posted_at = found.tweet.posted_at
    when = f", on {date_format(posted_at, 'j F Y')}" if posted_at else ""
    others = f" So did {found.others:,} more." if found.others else ""
    return f"{found.author} really wrote this{when}: {found.url}{others}"


def _read(line: str, as_json: bool) -> str | QuestionError:
    """Return the text of one line, or the error in it."""
    try:
        if as_json:
            value = json.loads(line)
            text = value.get("text") if isinstance(value, dict) else value
            if not isinstance(text, str):
                return QuestionError("text", 'not a JSON string or {"text": …}')
            return clean_text(text)
        return clean_text(line)
    except json.JSONDecodeError as error:
        return QuestionError("text", f"not JSON: {error.msg}")
    except QuestionError as error:
        return error
