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
    """How a command ended that could not do what it was told."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value
