"""What load balancers ask."""

import pytest
from django.core.management import call_command
from django.test import Client


def test_healthz_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_is_ready_when_migrated(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.django_db(transaction=True)
def test_readyz_is_not_ready_before_migrations(client: Client) -> None:
    call_command("migrate", "prediction", "zero", verbosity=0)
    try:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "migrations" in answer.json()["reason"]
    finally:
        call_command("migrate", verbosity=0)
