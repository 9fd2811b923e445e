"""Management commands as somebody at a terminal uses them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def run(*arguments: object) -> str:
    """The result that a command printed, without its notes to people."""
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def refused(*arguments: object) -> CommandError:
    """Runs a command that must fail, and returns its error."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value
