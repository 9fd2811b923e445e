"""The base of all management commands: examples, JSON, progress, a clean stop."""

import argparse
import errno
import json
import os
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

FULL = (errno.ENOSPC, errno.EDQUOT)


class _Formatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of the examples."""


class HypotweetCommand(BaseCommand):
    """Exit codes: 0 done, 1 something failed, 2 wrong usage."""

    examples = ""
    stopped_message = "Stopped. What is stored stays; run it again to continue."

    def create_parser(
        self, prog_name: str, subcommand: str, **kwargs: Any
    ) -> CommandParser:
        kwargs.setdefault("formatter_class", _Formatter)
        return super().create_parser(
            prog_name, subcommand, epilog=f"examples:\n{self.examples}", **kwargs
        )

    def add_json(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json",
            action="store_true",
            help="Print one JSON document only.",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        before = signal.getsignal(signal.SIGTERM)
        try:
            signal.signal(signal.SIGTERM, _interrupt)
        except ValueError:  # only the main thread can, and only it gets signals
            return super().execute(*args, **options)
        try:
            result = super().execute(*args, **options)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise CommandError(self.stopped_message) from None
        except BrokenPipeError:
            # Whoever reads, such as `head`, has enough.
            _discard_output()
            sys.exit(128 + signal.SIGPIPE)
        except OSError as error:
            if error.errno not in FULL:
                raise
            _discard_output()
            raise CommandError(
                f"Could not write: {error.strerror}. What is stored stays; run it "
                "again once there is space."
            ) from error
        except OperationalError as error:
            raise CommandError(
                f"The database failed: {str(error).strip()}. What is stored stays; "
                "run it again once the database works."
            ) from error
        else:
            return result
        finally:
            signal.signal(signal.SIGTERM, before)

    def progress(self, unit: str, total: int | None = None) -> "tqdm[Any]":
        """Return a progress bar, which shows only on a terminal."""
        on_terminal = sys.stderr.isatty()
        return tqdm(total=total, unit=unit, disable=not on_terminal, file=sys.stderr)

    def write_json(self, document: object, indent: int | None = 2) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=indent))

    def note(self, message: str) -> None:
        """Print a remark to standard error, apart from the result."""
        self.stderr.write(message, style_func=str)


def _discard_output() -> None:
    """Let Python's last flush succeed, which would complain otherwise."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
