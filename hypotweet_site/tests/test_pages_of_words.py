"""What the site promises in words, and whom to write to."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from hypotweet_site.environment import Environment

USE = "/responsible-use/"
SECURITY = "/.well-known/security.txt"


@pytest.mark.django_db
def test_the_page_says_the_real_times(client: Client, settings: Settings) -> None:
    settings.X_BEARER_TOKEN = "x"
    settings.DELETION_CHECK_DAYS, settings.REMOVAL_GRACE_DAYS = 5, 9
    settings.SAVED_ANSWER_DAYS = 33
    page = client.get(USE).text
    assert "Every 5 days this site asks X" in page
    assert "your posts are deleted 9 days later" in page
    assert "opened it for 33 days" in page
    settings.REMOVAL_GRACE_DAYS = 0
    assert "deleted the same day" in client.get(USE).text


@pytest.mark.django_db
def test_a_site_that_does_not_read_x_promises_nothing_of_x(
    client: Client, settings: Settings
) -> None:
    settings.X_BEARER_TOKEN = ""
    assert "does not read X by itself" in client.get(USE).text


@pytest.mark.django_db
def test_there_is_a_contact_for_erasure(client: Client, settings: Settings) -> None:
    assert "write to" not in client.get(USE).text
    settings.PRIVACY_CONTACT = "mailto:privacy@example.org"
    link = '<a href="mailto:privacy@example.org">privacy@example.org</a>'
    assert link in client.get(USE).text


def test_security_txt_names_a_contact_for_half_a_year(
    client: Client, settings: Settings
) -> None:
    assert client.get(SECURITY).status_code == 404
    settings.SECURITY_CONTACT = "https://example.org/security"
    answer = client.get(SECURITY)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Contact: https://example.org/security\n" in answer.text
    found = re.search(r"^Expires: (\S+)$", answer.text, re.MULTILINE)
    assert found
    left = datetime.fromisoformat(found[1]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=366)


@pytest.mark.parametrize(
    ("value", "contact"),
    [
        ("security@example.org", "mailto:security@example.org"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("https://example.org/security", "https://example.org/security"),
        ("", ""),
        ("ask Ann", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_contact_is_an_address_of_mail_or_web(
    value: str, contact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECURITY_CONTACT", value)
    environment = Environment()
    assert environment.contact("SECURITY_CONTACT") == contact
    assert bool(environment.problems) == (value != "" and contact == "")
