"""API keys: made, shown once, used within their scopes, revoked."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, ApiKey, Scope

pytestmark = pytest.mark.django_db
USERS = "/api/v1/users"


@pytest.fixture
def ann() -> Account:
    return Account.objects.create_user("ann")


def issue(account: Account, *scopes: Scope, **fields: object) -> str:
    key = ApiKey(account=account, name="robot", scopes=list(scopes), **fields)
    return ApiKey.objects.issue(key)


def get(token: str, path: str = USERS) -> object:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"})


def test_a_key_is_made_and_shown_once(client: Client, ann: Account) -> None:
    client.force_login(ann)
    new = {"name": "robot", "scopes": ["read"], "lifetime": "30"}
    page = client.post("/account/keys/", new).content.decode()
    token = re.search(r'value="(hypo_[\w-]{43})"', page)
    assert token
    assert get(token[1]).status_code == 200
    again = client.get("/account/").content.decode()
    assert token[1] not in again
    assert token[1][:13] in again
    stored = ApiKey.objects.values_list("digest", "prefix", "expires_at").get()
    assert token[1] not in stored
    assert timedelta(29) < stored[2] - timezone.now() < timedelta(31)


def test_a_revoked_key_is_rejected(client: Client, ann: Account) -> None:
    token = issue(ann, Scope.READ)
    client.force_login(ann)
    client.post(f"/account/keys/{ApiKey.objects.get().pk}/revoke/")
    assert get(token).status_code == 401


def test_nobody_revokes_a_key_of_another_account(client: Client, ann: Account) -> None:
    token = issue(ann, Scope.READ)
    client.force_login(Account.objects.create_user("bob"))
    pk = ApiKey.objects.get().pk
    assert client.post(f"/account/keys/{pk}/revoke/").status_code == 404
    assert get(token).status_code == 200


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer \x00", "Bearer ä" * 9]
)
def test_a_bad_key_gets_a_problem_document(header: str) -> None:
    answer = Client().get(USERS, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_visible_prefix_of_a_key_is_not_enough(ann: Account) -> None:
    token = issue(ann, Scope.READ)
    for forged in (token[:13], token[:-1], token + "x", token[:-1] + "!"):
        assert get(forged).status_code == 401
    assert get(token).status_code == 200


def test_an_expired_key_or_one_of_a_closed_account_is_rejected(ann: Account) -> None:
    over = issue(ann, Scope.READ, expires_at=timezone.now() - timedelta(seconds=1))
    assert get(over).status_code == 401
    fine = issue(ann, Scope.READ)
    Account.objects.update(is_active=False)
    assert get(fine).status_code == 401


def test_a_key_does_only_what_its_scopes_say(ann: Account) -> None:
    token = issue(ann, Scope.PREDICT)
    answer = get(token)
    assert answer.status_code == 403
    assert "lacks the scope read" in answer.json()["detail"]


def test_a_key_does_no_more_than_its_account(ann: Account) -> None:
    headers = {"Authorization": f"Bearer {issue(ann, Scope.MANAGE)}"}
    body = {"handles": ["ada"]}
    ask = {"content_type": "application/json", "headers": headers}
    assert Client().post(USERS, body, **ask).status_code == 403
    ann.groups.add(Group.objects.get(name="curator"))
    assert Client().post(USERS, body, **ask).status_code == 409


def test_the_scope_manage_is_offered_only_to_accounts_that_may_manage(
    client: Client, ann: Account
) -> None:
    client.force_login(ann)
    new = {"name": "robot", "scopes": ["manage"], "lifetime": ""}
    assert client.post("/account/keys/", new).status_code == 422
    assert not ApiKey.objects.exists()


def test_the_last_use_is_recorded_to_the_minute(
    ann: Account, django_assert_num_queries: object
) -> None:
    token = issue(ann, Scope.READ)
    get(token)
    first = ApiKey.objects.get().last_used_at
    assert first
    get(token)
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    get(token)
    assert ApiKey.objects.get().last_used_at >= first


def test_a_site_can_require_a_key_for_predictions(
    ann: Account, settings: Settings
) -> None:
    settings.ANONYMOUS_API = False
    ask = {"path": "/api/v1/predictions", "content_type": "application/json"}
    body = {"text": "hello", "users": ["a", "b"]}
    assert Client().post(data=body, **ask).status_code == 401
    headers = {"Authorization": f"Bearer {issue(ann, Scope.PREDICT)}"}
    assert Client().post(data=body, headers=headers, **ask).status_code == 404
