"""Programs at a terminal, where somebody answers what they ask."""

import os
import pty
from collections.abc import Mapping, Sequence
from pathlib import Path


def at_terminal(
    command: Sequence[str],
    answers: Mapping[str, str],
    *,
    cwd: Path = Path("/"),
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a program; return its exit code, and what the terminal shows.

    Whenever the terminal shows a key of `answers`, its value is typed.
    """
    child, terminal = pty.fork()
    if not child:
        os.chdir(cwd)
        os.execvpe(command[0], command, dict(environment or os.environ))  # noqa: S606
    shown, answered = "", 0
    while part := _read(terminal):
        shown += part
        for question, answer in answers.items():
            if question in shown[answered:]:
                answered = len(shown)
                os.write(terminal, f"{answer}\n".encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 65_536).decode(errors="replace")
    except OSError:  # what Linux says when nobody is left at the other end
        return ""
