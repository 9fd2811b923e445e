from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.audit import Tally
from common.commands import HypotweetCommand
from tweets.models import User
from tweets.sources.fields.identifiers import parse_handle
from tweets.sources.read_source import FORMATS, Source, read_source
from tweets.sources.records import Problem, SourceError
from tweets.sources.tables.mapping import ROLES, parse_mapping
from tweets.store import ingest
from tweets.store.import_report import IngestReport
from tweets.store.people_file import PeopleReport, import_people

SHOWN_ERRORS = 10
SHOWN_AUTHORS, LISTED_AUTHORS = 8, 1_000


@dataclass(frozen=True)
class FileReport:
    """The result of importing one file."""

    path: Path
    format: str | None
    notes: list[str]
    outcome: IngestReport

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "format": self.format,
            "read": self.outcome.read,
            "stored": self.outcome.stored,
            "skipped": dict(+self.outcome.skipped),
            "errors": [{"line": e.line, "why": e.why} for e in self.outcome.errors],
            "notes": [*self.notes, *self.outcome.remarks()],
            "authors": self.outcome.most(LISTED_AUTHORS),
            "new_users": len(self.outcome.new_ids),
        }


class Command(HypotweetCommand):
    help = (
        "Imports tweets from files: X archives (zip, folder or .js), JSON lines, JSON "
        "and CSV, gzipped or not. Tweets that are already stored stay as they are."
    )
    examples = """  manage.py import_tweets tweets.csv
  manage.py import_tweets twitter-archive.zip --dry-run
  manage.py import_tweets notes.jsonl.gz more.csv --user some_handle --json
  manage.py import_tweets strangers.jsonl.gz --reference
  manage.py import_tweets table.csv --columns text=body,handle=who
  manage.py import_tweets --people people.csv"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
        parser.add_argument(
            "--people",
            type=Path,
            metavar="FILE",
            help=(
                "CSV or JSON with handle, name and bio of people who are here, or come "
                "with the tweets: replaces what was stored."
            ),
        )
        parser.add_argument(
            "--format",
            choices=FORMATS,
            default="auto",
            metavar="FORMAT",
            help=f"Detected from the content unless given: {', '.join(FORMATS)}.",
        )
        parser.add_argument(
            "--user",
            metavar="HANDLE",
            help="The author, if the file does not say.",
        )
        parser.add_argument(
            "--columns",
            metavar="ROLES",
            help=(
                "The columns of a table that does not name them as usual: text=body,"
                "handle=who; numbers for a table without a line of names: text=3,"
                f"handle=1. Roles: {', '.join(ROLES)}."
            ),
        )
        parser.add_argument("--include-replies", action="store_true")
        parser.add_argument(
            "--reference",
            action="store_true",
            help=(
                "The authors are unrelated people: their tweets only show what others "
                "write like. They are never listed, predicted or shown."
            ),
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Report what would be stored, but store nothing.",
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        handle = self._handle(options["user"])
        options["columns"] = self._columns(options["columns"])
        file = options["people"]
        if not options["paths"] and file is None:
            raise CommandError("Name a file of tweets, or --people.", returncode=2)
        reports = [self._import(path, handle, options) for path in options["paths"]]
        people = import_people(file, options["dry_run"]) if file else None
        if options["json"]:
            self.write_json(self._document(reports, people))
        else:
            for report in reports:
                self._write(report, options["dry_run"])
            if people:
                self.stdout.write(people.in_words(options["dry_run"]))
        for report in reports:
            self._note_errors(report)
        if people:
            self._note_problems(people.path, people.errors)
        if any(report.outcome.errors for report in reports):
            raise CommandError("Some tweets could not be imported; see above.")
        if people and people.errors:
            raise CommandError("Some people could not be described; see above.")

    def _handle(self, given: str | None) -> str | None:
        try:
            return parse_handle(given) if given is not None else None
        except ValueError as error:
            raise CommandError(f"--user: {error}", returncode=2) from None

    def _columns(self, given: str | None) -> dict[str, str] | None:
        try:
            return parse_mapping(given) if given is not None else None
        except ValueError as error:
            raise CommandError(f"--columns: {error}", returncode=2) from None

    def _import(
        self, path: Path, handle: str | None, options: dict[str, Any]
    ) -> FileReport:
        tally = Tally("tweets imported", summary=path.name)
        stores = partial(ingest.ingest, audit=tally)
        run = ingest.dry_run if options["dry_run"] else stores
        source: Source | None = None
        report = IngestReport()
        try:
            source = read_source(
                path, options["format"], handle, columns=options["columns"]
            )
            with self.progress("line") as bar:
                run(
                    source,
                    User.Source.REFERENCE
                    if options["reference"]
                    else ingest.source_of_format(source.format),
                    include_replies=options["include_replies"],
                    owner=source.owner,
                    on_batch=lambda lines: bool(bar.update(lines)),
                    report=report,
                )
        except SourceError as error:
            report.errors.append(Problem(None, str(error)))
        if source is None:
            return FileReport(path, None, [], report)
        return FileReport(path, source.format, source.notes, report)

    def _document(
        self, reports: list[FileReport], people: PeopleReport | None
    ) -> dict[str, Any]:
        described = {"people": people.as_json()} if people else {}
        return described | {
            "files": [report.as_json() for report in reports],
            "users": len(set().union(*(r.outcome.authors for r in reports))),
            "stored": sum(report.outcome.stored for report in reports),
        }

    def _write(self, report: FileReport, dry_run: bool) -> None:
        outcome = report.outcome
        stored = "would be stored" if dry_run else "stored"
        counts = [f"{outcome.read:,} read", f"{outcome.stored:,} {stored}"]
        counts += [
            f"{count:,} {reason}" for reason, count in (+outcome.skipped).items()
        ]
        kind = f" ({report.format})" if report.format else ""
        self.stdout.write(f"{report.path}{kind}: {', '.join(counts)}")
        for note in [*report.notes, *outcome.remarks()]:
            self.stdout.write(f"  {note}")
        for author in outcome.most(SHOWN_AUTHORS):
            self.stdout.write(_in_words(author))
        hidden = len(outcome.authors) - SHOWN_AUTHORS
        if hidden > 0:
            self.stdout.write(f"  and {hidden:,} more people")

    def _note_errors(self, report: FileReport) -> None:
        self._note_problems(report.path, report.outcome.errors)
        hidden = report.outcome.skipped["broken"] - SHOWN_ERRORS
        if hidden > 0:
            self.note(f"{report.path}: and {hidden:,} more such lines")

    def _note_problems(self, path: Path, problems: list[Problem]) -> None:
        for error in problems[:SHOWN_ERRORS]:
            where = f":{error.line}" if error.line is not None else ""
            self.note(f"{path}{where}: {error.why}")


def _in_words(author: dict[str, Any]) -> str:
    """Show whose tweets these are, so that a wrong column is seen at once."""
    examples = " · ".join(" ".join(text.split())[:40] for text in author["examples"])
    new = ", new here" if author["is_new"] else ""
    return f"  {author['author']}{new}, {author['tweets']:,}: {examples}"
