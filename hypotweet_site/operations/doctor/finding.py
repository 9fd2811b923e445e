"""What a check returns."""

import shutil
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """The result of one check, with a fix unless it is OK."""

    name: str
    state: State
    message: str
    fix: str = ""


def typed(command: str) -> str:
    """Return a command of manage.py as it is typed on this machine: with the wrapper,
    where that is installed."""
    program = "hypotweet" if shutil.which("hypotweet") else "python manage.py"
    return f"{program} {command}"
