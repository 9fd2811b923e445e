"""The account page shows sections that other apps add."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from accounts.models import Account
from accounts.signals import Section, account_page_shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def added() -> Iterator[list[Section]]:
    """Sections that a receiver adds, each on its own."""
    sections = [Section("429.html", {"retry_after": 17})]

    def receiver(request: HttpRequest, **kwargs: Any) -> Section:
        return sections[0]

    account_page_shown.connect(receiver)
    yield sections
    account_page_shown.disconnect(receiver)


def test_a_section_is_rendered_with_its_context(
    client: Client, added: list[Section]
) -> None:
    client.force_login(Account.objects.create_user("ann"))
    assert "wait 17 seconds" in client.get("/account/").content.decode()


def test_sections_stay_when_a_new_key_is_rejected(
    client: Client, added: list[Section]
) -> None:
    client.force_login(Account.objects.create_user("ann"))
    answer = client.post("/account/keys/", {"name": ""})
    assert answer.status_code == 422
    assert "wait 17 seconds" in answer.content.decode()
