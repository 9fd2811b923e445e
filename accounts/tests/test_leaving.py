"""People can delete their accounts, with all that is kept for them."""

import pytest
from django.test import Client

from accounts.models import Account, ApiKey, Scope
from accounts.roles import Role, give_role
from accounts.signals import account_deleted

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp in the fog"
LEAVE = "/account/delete/"


@pytest.fixture
def ann(client: Client) -> Account:
    account = Account.objects.create_user("ann", password=PASSWORD)
    client.force_login(account)
    return account


def test_the_right_password_deletes_the_account(client: Client, ann: Account) -> None:
    ApiKey.objects.issue(ApiKey(account=ann, name="robot", scopes=[Scope.READ]))
    told = []

    def note(account: Account, **kwargs: object) -> None:
        told.append(account.pk)

    account_deleted.connect(note)
    assert LEAVE in client.get("/account/").text
    assert "everything you have saved" in client.get(LEAVE).text
    key = ann.pk
    page = client.post(LEAVE, {"password": PASSWORD}, follow=True)
    assert "Your account is deleted" in page.text
    assert told == [key]
    assert not Account.objects.exists()
    assert not ApiKey.objects.exists()
    assert client.get("/account/").status_code == 302


def test_without_the_password_nothing_happens(client: Client, ann: Account) -> None:
    for password in ("", "wrong"):
        page = client.post(LEAVE, {"password": password})
        assert page.status_code == 422
    assert "This is not your password" in page.text
    statuses = [client.post(LEAVE, {"password": "x"}).status_code for _ in range(10)]
    assert statuses[-1] == 429
    assert Account.objects.exists()
    assert Client().post(LEAVE, {"password": PASSWORD}).status_code == 302


def test_staff_ask_an_operator(client: Client, ann: Account) -> None:
    give_role(ann, Role.CURATOR)
    assert "Ask an operator" in client.get(LEAVE).text
    client.post(LEAVE, {"password": PASSWORD})
    assert Account.objects.exists()
