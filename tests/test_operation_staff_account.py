"""`create_staff` asks for a password where somebody sits at a terminal."""

import sys
from pathlib import Path

import pytest

from tests.installation import ROOT, Installation
from tests.terminal import at_terminal

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.processes,
]
PASSWORD = "a lamp in the fog"
CHECK = (
    "from accounts.models import Account; sue = Account.objects.get(username='sue'); "
    f"print(sue.is_superuser, sue.check_password({PASSWORD!r}))"
)


def create(site: Installation, first: str, second: str) -> tuple[int, str]:
    command = ["manage.py", "create_staff", "sue", "--role", "superuser"]
    return at_terminal(
        [sys.executable, *command],
        {"Password: ": first, "Once more: ": second},
        cwd=ROOT,
        environment=site.environment,
    )


def test_the_password_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    code, shown = create(site, PASSWORD, PASSWORD)
    assert (code, PASSWORD in shown) == (0, False)
    assert site.python(CHECK) == "True True\n"


def test_a_password_typed_in_two_ways_makes_no_account(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    code, shown = create(site, PASSWORD, "a lamp in the frog")
    assert (code, "The two passwords differ." in shown) == (2, True)
    assert site.rows("accounts_account") == 0


def test_without_a_terminal_the_environment_has_to_say_it(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    site.run("create_staff", "sue", expect=2)
    site.environment |= {"STAFF_PASSWORD": PASSWORD}
    site.run("create_staff", "sue", "--role", "superuser")
    assert site.python(CHECK) == "True True\n"
