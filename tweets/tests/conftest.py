"""Staff who are signed in, and a server that plays X."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Account
from tweets.tests.fake_x import FakeX


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(Account.objects.create_superuser("boss", password="x"))
    return client


@pytest.fixture
def x(settings: Settings) -> Iterator[FakeX]:
    with FakeX() as server:
        settings.X_BEARER_TOKEN = server.token
        settings.X_API_BASE_URL = server.base_url
        yield server
