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
    machine.backups,
    database.connects,
    database.is_migrated,
    database.clock,
    database.budget,
    content.worker,
    content.tasks,
    content.refreshes,
    content.users,
    content.signatures,
    content.ranking_index,
]
# What may go wrong by itself while the site runs. The admin's first page shows these,
# and metrics count them.
WATCHED = [
    machine.disk,
    machine.backups,
    database.budget,
    content.worker,
    content.tasks,
    content.refreshes,
    content.signatures,
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


def alarms() -> Iterator[Finding]:
    """Yield what is wrong now of what may go wrong by itself."""
    return (found for check in WATCHED if (found := check()).state != State.OK)
