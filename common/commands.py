"""What all our management commands share: examples, JSON, progress, a clean stop."""

import argparse
import json
import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.db import OperationalError
from tqdm import tqdm


class _Formatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the examples as they are."""


class HypotweetCommand(BaseCommand):
    """Exit codes: 0 done, 1 some of it failed, 2 wrong usage."""

    examples = ""
    stopped_message = "Stopped. What is stored stays stored; run it again to go on."

    def create_parser(
        self, prog_name: str, subcommand: str, **kwargs: Any
    ) -> CommandParser:
        kwargs.setdefault("formatter_class", _Formatter)
        return super().create_parser(
            prog_name, subcommand, epilog=f"examples:\n{self.examples}", **kwargs
        )

    def add_json(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print one JSON document and no more."
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        before = signal.getsignal(signal.SIGTERM)
        try:
            signal.signal(signal.SIGTERM, _interrupt)
        except ValueError:  # only the main thread may; elsewhere nobody signals us
            return super().execute(*args, **options)
        try:
            return super().execute(*args, **options)
        except KeyboardInterrupt:
            raise CommandError(self.stopped_message) from None
        except OperationalError as error:
            raise CommandError(
                f"The database says: {str(error).strip()}. What is stored stays "
                "stored; run it again once that is mended."
            ) from error
        finally:
            signal.signal(signal.SIGTERM, before)

    def progress(self, unit: str, total: int | None = None) -> "tqdm[Any]":
        """A progress bar on a terminal, nothing elsewhere."""
        on_terminal = sys.stderr.isatty()
        return tqdm(total=total, unit=unit, disable=not on_terminal, file=sys.stderr)

    def write_json(self, document: object, indent: int | None = 2) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=indent))

    def note(self, message: str) -> None:
        """Tells a person something, beside the result."""
        self.stderr.write(message, style_func=str)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
