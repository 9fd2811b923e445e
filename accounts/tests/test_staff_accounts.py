"""What operators can do with accounts, and what they never can."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Account, ApiKey, Scope
from accounts.roles import Role, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    account = Account.objects.create_user("op")
    give_role(account, Role.OPERATOR)
    client.force_login(account)
    return client


def change(account: Account) -> str:
    return reverse("admin:accounts_account_change", args=[account.pk])


def test_an_operator_gives_a_role(operator: Client) -> None:
    ann = Account.objects.create_user("ann")
    curator = Group.objects.get(name="curator")
    data = {"username": "ann", "is_active": "on", "is_staff": "on"}
    operator.post(change(ann), data | {"groups": [curator.pk]})
    ann.refresh_from_db()
    assert (ann.is_staff, list(ann.groups.all())) == (True, [curator])


def test_an_operator_cannot_gain_rights(operator: Client) -> None:
    own = Account.objects.get(username="op")
    kings = Group.objects.create(name="kings")
    right = Permission.objects.get(codename="delete_group")
    data = {
        "username": "op",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": [right.pk],
    }
    operator.post(change(own), data)
    operator.post(change(own), data | {"groups": [kings.pk]})
    own.refresh_from_db()
    assert not own.is_superuser
    assert not own.user_permissions.exists()
    assert kings not in own.groups.all()


def test_an_operator_cannot_change_a_superuser(operator: Client) -> None:
    boss = Account.objects.create_superuser("boss", password="x")
    before = boss.password
    pages = [
        change(boss),
        reverse("admin:auth_user_password_change", args=[boss.pk]),
        reverse("admin:accounts_account_delete", args=[boss.pk]),
    ]
    new = {"post": "yes", "password1": "a b c d 1 2 3", "password2": "a b c d 1 2 3"}
    for page in pages:
        assert operator.get(page).status_code in (302, 404)
        operator.post(page, new)
    listed = reverse("admin:accounts_account_changelist")
    data = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
    operator.post(listed, data)
    boss.refresh_from_db()
    assert boss.password == before
    add = reverse("admin:accounts_apikey_add")
    key = {"account": boss.pk, "name": "robot", "scopes": ["manage"]}
    assert operator.post(add, key).status_code == 200
    assert not ApiKey.objects.exists()


def test_staff_make_and_revoke_keys(operator: Client) -> None:
    ann = Account.objects.create_user("ann")
    key = {"account": ann.pk, "name": "robot", "scopes": ["read"]}
    page = operator.post(reverse("admin:accounts_apikey_add"), key, follow=True)
    assert "messages" not in page.cookies
    assert "hypo_" not in str(operator.cookies)
    assert "no-store" in page.headers["Cache-Control"]
    token = re.search(r"hypo_[\w-]{43}", page.content.decode())
    assert token
    headers = {"Authorization": f"Bearer {token[0]}"}
    assert Client().get("/api/v1/users", headers=headers).status_code == 200
    listed = reverse("admin:accounts_apikey_changelist")
    assert token[0] not in operator.get(listed).content.decode()
    made = ApiKey.objects.get()
    assert made.scopes == [Scope.READ]
    operator.post(listed, {"action": "revoke", "_selected_action": [made.pk]})
    assert Client().get("/api/v1/users", headers=headers).status_code == 401


def test_an_operator_revokes_no_key_of_a_superuser(operator: Client) -> None:
    keys = [
        ApiKey(account=account, name="robot", scopes=[Scope.READ])
        for account in (
            Account.objects.create_superuser("boss"),
            Account.objects.create_user("ann"),
        )
    ]
    for key in keys:
        ApiKey.objects.issue(key)
    listed = reverse("admin:accounts_apikey_changelist")
    chosen = {"action": "revoke", "_selected_action": [key.pk for key in keys]}
    page = operator.post(listed, chosen, follow=True).text
    assert "1 keys are of superusers" in page
    (left,) = ApiKey.objects.usable()
    assert left.account.username == "boss"
