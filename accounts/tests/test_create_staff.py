"""Staff accounts from environment variables, and the rights of their roles."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account

pytestmark = pytest.mark.django_db
GOOD = {"STAFF_USERNAME": "sue", "STAFF_PASSWORD": "a lamp in the fog"}


def create(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Account:
    for name in ("USERNAME", "PASSWORD", "EMAIL", "ROLE"):
        monkeypatch.delenv(f"STAFF_{name}", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    call_command("create_staff", verbosity=0)
    return Account.objects.get(username="sue")


def test_the_default_role_is_curator(monkeypatch: pytest.MonkeyPatch) -> None:
    sue = create(monkeypatch, **GOOD, STAFF_EMAIL="sue@example.org")
    assert sue.check_password(GOOD["STAFF_PASSWORD"])
    assert (sue.is_staff, sue.is_superuser) == (True, False)
    assert sue.has_perms(["tweets.change_user", "prediction.change_feedback"])
    assert not sue.has_perm("tweets.delete_user")
    assert not sue.has_perm("accounts.view_account")


def test_running_it_again_changes_role_and_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create(monkeypatch, **GOOD)
    sue = create(monkeypatch, **GOOD, STAFF_ROLE="operator")
    assert sue.has_perms(["tweets.delete_user", "accounts.change_account"])
    assert [group.name for group in sue.groups.all()] == ["operator"]
    assert not sue.is_superuser
    assert create(monkeypatch, **GOOD, STAFF_ROLE="superuser").is_superuser


@pytest.mark.parametrize(
    "wrong",
    [
        {"STAFF_USERNAME": ""},
        {"STAFF_PASSWORD": ""},
        {"STAFF_PASSWORD": "12345678"},
        {"STAFF_ROLE": "king"},
        {"STAFF_EMAIL": "nonsense"},
        {"STAFF_USERNAME": "no spaces please"},
    ],
)
def test_invalid_input_is_an_error_and_creates_nothing(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    with pytest.raises(CommandError) as error:
        create(monkeypatch, **(GOOD | wrong))
    assert error.value.returncode == 2
    assert not Account.objects.exists()
