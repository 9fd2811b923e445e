from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HypotweetCommand
from hypotweet_site.operations.doctor import Finding, State, examine

MARKS = {
    State.OK: "ok     ",
    State.WARNING: "warning",
    State.PROBLEM: "PROBLEM",
}


class Command(HypotweetCommand):
    help = "Looks at the installation: what is wrong, and how to mend it."
    examples = "  manage.py doctor\n  manage.py doctor --json"
    # A broken setting is what it is asked about.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                self._tell(finding)
        if options["json"]:
            self.write_json({"findings": [asdict(finding) for finding in findings]})
        problems = sum(finding.state == State.PROBLEM for finding in findings)
        if problems:
            raise CommandError(f"{problems} of {len(findings)} need mending.")

    def _tell(self, finding: Finding) -> None:
        line = f"{MARKS[finding.state]}  {finding.name}: {finding.told}"
        self.stdout.write(line, self._style_of(finding.state))
        if finding.mend:
            self.stdout.write(f"         → {finding.mend}")

    def _style_of(self, state: State) -> Callable[[str], str]:
        styles = {State.WARNING: self.style.WARNING, State.PROBLEM: self.style.ERROR}
        style: Callable[[str], str] = styles.get(state, str)
        return style
