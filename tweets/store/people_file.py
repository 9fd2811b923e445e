"""Imports a file that says who people are."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from common.audit import record
from tweets.sources.people import read_people
from tweets.sources.records import Problem, SourceError
from tweets.store import introductions


@dataclass
class PeopleReport:
    """What an import of people did: `described` are here, `unknown` are not."""

    path: Path
    described: int = 0
    unknown: list[str] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "described": self.described,
            "unknown": self.unknown,
            "errors": [{"line": e.line, "why": e.why} for e in self.errors],
        }

    def in_words(self, dry_run: bool) -> str:
        verb = "would be described" if dry_run else "described"
        people = "person" if self.described == 1 else "people"
        words = f"{self.path}: {self.described:,} {people} {verb}"
        return f"{words}, {len(self.unknown):,} not here" if self.unknown else words


def import_people(path: Path, dry_run: bool = False) -> PeopleReport:
    """Store names and bios of users who are here; nobody new is stored."""
    report = PeopleReport(path)
    with transaction.atomic():
        try:
            _import(report)
        except SourceError as error:
            report.errors.append(Problem(None, str(error)))
        if report.described:
            record("people described", users=report.described)
        transaction.set_rollback(dry_run)
    return report


def _import(report: PeopleReport) -> None:
    for person in read_people(report.path):
        if isinstance(person, Problem):
            report.errors.append(person)
        elif introductions.replace(person):
            report.described += 1
        else:
            report.unknown.append(person.handle)
