"""Rate limits, and the addresses by which they count."""

import sqlite3
from pathlib import Path

import pytest
from django.db.models import F
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import Account, ApiKey, Scope
from common.http.addresses import UNKNOWN, client_address, network_of
from common.http.rate_limits import TooManyRequestsError, count_request
from common.models import RateWindow
from tests.installation import Installation

pytestmark = pytest.mark.django_db


def predict(texts: object = "hello", **more: object) -> object:
    body = {"text": texts, "users": ["a", "b"]}
    path = "/api/v1/predictions"
    return Client().post(path, body, content_type="application/json", **more)


def test_over_the_limit_the_answer_says_when_to_retry(settings: Settings) -> None:
    settings.RATE_LIMIT_ANON = (3, 60)
    assert [predict().status_code for _ in range(4)] == [404, 404, 404, 429]
    answer = predict()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert predict(REMOTE_ADDR="10.0.0.2").status_code == 404


def test_a_key_has_a_limit_of_its_own(settings: Settings) -> None:
    settings.RATE_LIMIT_ANON, settings.RATE_LIMIT_KEY = (1, 60), (2, 60)
    ann = Account.objects.create_user("ann")
    key = ApiKey(account=ann, name="robot", scopes=[Scope.PREDICT])
    headers = {"Authorization": f"Bearer {ApiKey.objects.issue(key)}"}
    predict()
    statuses = [predict(headers=headers).status_code for _ in range(3)]
    assert statuses == [404, 404, 429]


def test_keys_of_one_account_share_its_limit(settings: Settings) -> None:
    settings.RATE_LIMIT_KEY = (2, 60)
    ann = Account.objects.create_user("ann")

    def use_new_key() -> int:
        key = ApiKey(account=ann, name="robot", scopes=[Scope.PREDICT])
        headers = {"Authorization": f"Bearer {ApiKey.objects.issue(key)}"}
        status = predict(headers=headers).status_code
        ann.api_keys.all().revoke()
        return status

    assert [use_new_key() for _ in range(3)] == [404, 404, 429]


def test_accounts_of_one_address_share_a_limit(settings: Settings) -> None:
    settings.RATE_LIMIT_KEY = (1, 60)
    statuses = []
    for number in range(5):
        account = Account.objects.create_user(f"ann{number}")
        key = ApiKey(account=account, name="robot", scopes=[Scope.PREDICT])
        headers = {"Authorization": f"Bearer {ApiKey.objects.issue(key)}"}
        statuses.append(predict(headers=headers).status_code)
    assert statuses == [404] * 4 + [429]


def test_a_list_of_texts_counts_by_its_length(settings: Settings) -> None:
    settings.RATE_LIMIT_ANON = (60, 60)
    assert predict(["hello"] * 500).status_code == 404
    assert RateWindow.objects.get().count == 50
    assert predict(["hello"] * 500).status_code == 429


def test_no_limit_costs_no_query(
    settings: Settings, django_assert_num_queries: object
) -> None:
    for limit in (None, (100_000, 60), (1_000, 1)):
        with django_assert_num_queries(0):
            count_request("predict", "10.0.0.1", limit)


def test_after_a_window_the_count_restarts() -> None:
    count_request("predict", "ann", (1, 60))
    with pytest.raises(TooManyRequestsError):
        count_request("predict", "ann", (1, 60))
    RateWindow.objects.update(ends_at=1)
    count_request("predict", "ann", (1, 60))
    assert RateWindow.objects.get().count == 1


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    count_request("predict", "ann", (1, 60))
    RateWindow.objects.update(ends_at=F("ends_at") + 86_400)
    count_request("predict", "ann", (1, 60))
    with pytest.raises(TooManyRequestsError) as refused:
        count_request("predict", "ann", (1, 60))
    assert refused.value.retry_after <= 60


def test_the_database_holds_no_addresses(settings: Settings) -> None:
    predict(REMOTE_ADDR="10.11.12.13")
    assert "10.11" not in str(RateWindow.objects.values())


COUNT = (
    "from common.http.rate_limits import count_request; "
    "count_request('predict', 'ann', (1, 60)); print('allowed')"
)


# Every count sweeps first; nothing may fail or wait.
COUNT_TEN = """
import time
from common.http import rate_limits
rate_limits.SWEEP_ONE_IN = 1
started = time.monotonic()
for _ in range(10):
    try:
        rate_limits.count_request('predict', 'bob', (3, 60))
        print('allowed')
    except rate_limits.TooManyRequestsError:
        print('refused')
assert time.monotonic() - started < 20  # a write would wait for 30
"""
COUNT_LATER = """
import sqlite3
from django.db import connection
from common.http import rate_limits
from common.models import RateWindow
writer = sqlite3.connect(connection.settings_dict['NAME'])
writer.execute('BEGIN IMMEDIATE')
for _ in range(2):
    rate_limits.count_request('predict', 'eve', (9, 60))
writer.rollback()
writer.close()
for _ in range(2):
    rate_limits.count_request('predict', 'eve', (9, 60))
print([row.count for row in RateWindow.objects.all()])
"""


@pytest.mark.any_database
def test_what_was_counted_during_an_import_is_stored_afterwards(
    tmp_path: Path,
) -> None:
    path = tmp_path / "own.sqlite3"
    site = Installation(tmp_path, DATABASE_URL=f"sqlite:///{path}")
    assert site.python(COUNT_LATER).strip() == "[4]"


@pytest.mark.any_database
def test_an_import_does_not_delay_requests(tmp_path: Path) -> None:
    """SQLite has a single writer: while it writes, requests are not counted."""
    path = tmp_path / "own.sqlite3"
    site = Installation(tmp_path, DATABASE_URL=f"sqlite:///{path}")
    writer = sqlite3.connect(path)
    writer.execute("BEGIN IMMEDIATE")
    assert "allowed" in site.python(COUNT)
    counts = site.python(COUNT_TEN)
    assert counts.split() == ["allowed"] * 3 + ["refused"] * 7
    writer.rollback()
    writer.close()
    assert "allowed" in site.python(COUNT)


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "9.9.9.9"),
        (1, "nonsense", UNKNOWN),
        (1, "", UNKNOWN),
        (1, "1.1.1.1:4711", "1.1.1.1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:1.1.1.1", "1.1.1.1"),
        (1, "1.1.1.1:", UNKNOWN),
    ],
)
def test_the_address_is_the_one_that_trusted_proxies_recorded(
    settings: Settings, proxies: int, header: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": header}, REMOTE_ADDR="9.9.9.9"
    )
    assert client_address(request) == expected


def test_addresses_of_one_ipv6_network_count_as_one_client() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
