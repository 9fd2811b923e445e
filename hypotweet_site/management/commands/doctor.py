from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from hypotweet_site.operations.doctor import diagnose
from hypotweet_site.operations.doctor.finding import Finding, State

MARKS = {
    State.OK: "ok     ",
    State.WARNING: "warning",
    State.PROBLEM: "PROBLEM",
}


class Command(HypotweetCommand):
    help = "Checks the installation: what is wrong, and how to fix it."
    examples = "  manage.py doctor\n  manage.py doctor --json"
    # Invalid settings are among what it reports.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in diagnose():
            findings.append(finding)
            if not options["json"]:
                self._print(finding)
        if options["json"]:
            self.write_json({"findings": [_as_json(f) for f in findings]})
        problems = sum(finding.state == State.PROBLEM for finding in findings)
        if problems:
            raise CommandError(f"{problems} of {len(findings)} checks found a problem.")

    def _print(self, finding: Finding) -> None:
        line = f"{MARKS[finding.state]}  {finding.name}: {finding.message}"
        self.stdout.write(line, self._style_of(finding.state))
        if finding.fix:
            self.stdout.write(f"         → {finding.fix}")

    def _style_of(self, state: State) -> Callable[[str], str]:
        styles = {State.WARNING: self.style.WARNING, State.PROBLEM: self.style.ERROR}
        style: Callable[[str], str] = styles.get(state, str)
        return style


def _as_json(finding: Finding) -> dict[str, str]:
    """Use the keys of version 1, which scripts read."""
    return {
        "name": finding.name,
        "state": finding.state,
        "told": finding.message,
        "mend": finding.fix,
    }
