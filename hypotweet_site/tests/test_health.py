"""Health checks of load balancers."""

from pathlib import Path

import pytest
from django.test import Client

from tests.installation import Installation

ASK = (
    "from django.test import Client; "
    "answer = Client(SERVER_NAME='localhost').get('/readyz'); "
    "print(answer.status_code, answer.json()['reason'])"
)


def test_healthz_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_is_ready_when_migrated(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.django_db
def test_readyz_is_not_ready_before_migrations(tmp_path: Path) -> None:
    output = Installation.empty(tmp_path).python(ASK)
    assert output.startswith("503")
    assert "migrations are not applied" in output
