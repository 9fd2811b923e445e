"""Checks an installation for `manage.py doctor`: what is wrong, and how to fix it.

Each check is a function that returns a Finding; a new one goes into CHECKS.
"""

from collections.abc import Iterator

from hypotweet_site.operations.doctor import content, database, environment, machine
from hypotweet_site.operations.doctor.finding import Finding, State

# In this order, causes come before effects.
CHECKS = [
    environment.settings_are_valid,
    environment.secret_key,
    environment.https,
    environment.x_token,
    environment.mail,
    machine.static_files,
    machine.spacy_pipeline,
    machine.disk,
    machine.uploads,
    database.connects,
    database.is_migrated,
    database.clock,
    database.budget,
    content.worker,
    content.users,
    content.signatures,
    content.ranking_index,
]
# Where one of these finds a problem, the checks after it cannot run.
REQUIRED = {database.connects, database.is_migrated}


def diagnose() -> Iterator[Finding]:
    """Run the checks and yield what each finds."""
    for check in CHECKS:
        finding = check()
        yield finding
        if check in REQUIRED and finding.state == State.PROBLEM:
            return
