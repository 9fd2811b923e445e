"""What a check returns."""

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
