"""Who gets in where: access.txt has a row for every address and method.

Statuses stand there for anonymous visitors, an account, a curator, an operator and a
superuser; below /api/ also for a key of a superuser with each scope alone.
"""

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Account, ApiKey, Scope
from tests.every_url import make_account, make_site, routes

TABLE = Path(__file__).parent / "access.txt"
METHODS = ("GET", "POST")
ROLES = ("anonymous", "account", "curator", "operator", "superuser")

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def table() -> dict[tuple[str, str], list[str]]:
    """Statuses by method and route."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line.strip() and line[0] != "#"]
    return {(method, route): statuses for method, route, *statuses in rows}


def test_every_address_and_method_has_a_row_and_every_row_an_address() -> None:
    there = {(method, route) for route in routes() for method in METHODS}
    assert there - set(table()) == set(), "write down who may do this"
    assert set(table()) - there == set(), "these are gone"


def test_everybody_gets_in_where_they_may_and_nowhere_else() -> None:
    met = observed()
    wrong = [
        f"{method} {route}: {met[method, route]}, not {expected}"
        for (method, route), expected in table().items()
        if met[method, route] != expected
    ]
    assert wrong == []


def observed() -> dict[tuple[str, str], list[str]]:
    """What everybody meets at every address."""
    site = make_site()
    people, keys = _people(), _keys()
    return {
        (method, route): [
            _status(client, method, site.address(route))
            for client in (people + keys if route.startswith("/api/") else people)
        ]
        for route in routes()
        for method in METHODS
    }


def _people() -> list[Client]:
    clients = [Client() for _ in ROLES]
    for client, role in zip(clients[1:], ROLES[1:], strict=True):
        client.force_login(make_account(role))
    return clients


def _keys() -> list[Client]:
    account = Account.objects.get(username="superuser")
    tokens = [
        ApiKey.objects.issue(ApiKey(account=account, name=scope, scopes=[scope]))
        for scope in Scope.values
    ]
    return [Client(headers={"Authorization": f"Bearer {token}"}) for token in tokens]


def _status(client: Client, method: str, address: str) -> str:
    """What this client meets; nothing of it stays."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = client.generic(method, address)
        transaction.set_rollback(True)
    client.cookies = cookies
    return str(answer.status_code)
