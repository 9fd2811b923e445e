"""Signing in and out, passwords, and lockout after failed sign-ins."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from tests.working import work

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp in the fog"
SIGN_IN = "/account/sign-in/"


@pytest.fixture
def ann() -> Account:
    return Account.objects.create_user("ann", "ann@example.org", PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> object:
    data = {"username": "ann", "password": password}
    return client.post(SIGN_IN, data, **more)


def test_signing_in_leads_to_the_account_page(client: Client, ann: Account) -> None:
    assert client.get("/account/").status_code == 302
    answer = sign_in(client)
    assert answer.headers["Location"] == "/account/"
    assert "ann" in client.get("/account/").content.decode()


def test_signing_in_gives_a_new_session(client: Client, ann: Account) -> None:
    session = client.session
    session["visitor"] = "somebody"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert cookie.value != session.session_key
    assert client.session["visitor"] == "somebody"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_set_over_https_are_secure(secure: bool, ann: Account) -> None:
    client = Client()
    data = {"username": "ann", "password": PASSWORD}
    client.post(SIGN_IN, data, secure=secure)
    assert bool(client.cookies["sessionid"]["secure"]) == secure


def test_a_wrong_password_is_told_at_the_form(client: Client, ann: Account) -> None:
    answer = sign_in(client, "wrong")
    assert answer.status_code == 422
    assert "correct username and password" in answer.content.decode()


def test_signing_in_leads_nowhere_else(client: Client, ann: Account) -> None:
    data = {"username": "ann", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(SIGN_IN, data).headers["Location"] == "/account/"


def test_signing_out_takes_a_post(client: Client, ann: Account) -> None:
    client.force_login(ann)
    assert client.get("/account/sign-out/").status_code == 405
    client.post("/account/sign-out/")
    assert client.get("/account/").status_code == 302


def test_a_changed_password_ends_other_sessions(client: Client, ann: Account) -> None:
    other = Client()
    for each in (client, other):
        sign_in(each)
    new = {"old_password": PASSWORD, "new_password1": "x7 gulls!", "new_password2": ""}
    answer = client.post("/account/password/", new | {"new_password2": "x7 gulls!"})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_a_link_by_mail_sets_a_new_password_once(client: Client, ann: Account) -> None:
    client.post("/account/reset/", {"email": "ANN@example.org"})
    assert mail.outbox == []
    work()
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)
    assert link
    form = client.get(link[1], follow=True)
    new = {"new_password1": "x7 gulls!", "new_password2": "x7 gulls!"}
    client.post(form.redirect_chain[-1][0], new)
    assert sign_in(client, "x7 gulls!").status_code == 302
    assert "used before" in Client().get(link[1], follow=True).content.decode()


def test_asking_for_a_link_does_not_reveal_who_has_an_account(
    client: Client, ann: Account
) -> None:
    pages, counts = [], []
    for email in ("ann@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/account/reset/", {"email": email})
        page = client.get(answer.headers["Location"]).content
        pages.append((answer.status_code, page))
        counts.append(len([q for q in queries if "ratewindow" not in q["sql"]]))
    assert pages[0] == pages[1]
    assert counts[0] == counts[1]


def test_a_mailbox_is_not_flooded(client: Client, ann: Account) -> None:
    for _ in range(6):
        client.post("/account/reset/", {"email": "ann@example.org"})
    work()
    assert len(mail.outbox) == 3


def test_ten_wrong_passwords_lock_the_account_for_that_address(ann: Account) -> None:
    """Even the right password is then rejected there, and nowhere else."""
    statuses = [
        sign_in(Client(), f"guess {n}", REMOTE_ADDR="10.0.0.7").status_code
        for n in range(12)
    ]
    assert statuses == [422] * 9 + [429] * 3
    locked = sign_in(Client(), REMOTE_ADDR="10.0.0.7")
    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "900"
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.8").status_code == 302


def test_addresses_of_one_ipv6_network_are_locked_together(ann: Account) -> None:
    for n in range(10):
        sign_in(Client(), f"guess {n}", REMOTE_ADDR=f"2001:db8::{n:x}")
    assert sign_in(Client(), REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="2001:db8:0:1::1").status_code == 302


@pytest.mark.parametrize(
    ("guesses", "username", "address", "minutes_ago", "status"),
    [
        (0, "ann", "10.9.9.9", 0, 302),
        (9, "ann", "10.9.9.9", 0, 302),
        (10, "ann", "10.9.9.9", 0, 429),
        (1_000, "ann", "10.9.9.9", 14, 429),
        (1_000, "ann", "10.9.9.9", 16, 302),
        (1_000, "ann", "10.9.9.8", 0, 302),
        (1_000, "bob", "10.9.9.9", 0, 302),
    ],
)
def test_a_lock_ends_after_a_quarter_of_an_hour(
    ann: Account,
    guesses: int,
    username: str,
    address: str,
    minutes_ago: int,
    status: int,
) -> None:
    AccessAttempt.objects.create(
        username=username, ip_address=address, failures_since_start=guesses
    )
    then = timezone.now() - timedelta(minutes=minutes_ago)
    AccessAttempt.objects.update(attempt_time=then)
    assert sign_in(Client(), REMOTE_ADDR="10.9.9.9").status_code == status


def test_wrong_names_do_not_lock_an_address_but_slow_it_down(ann: Account) -> None:
    """For all accounts, and also through the admin's own page."""
    statuses = []
    for number in range(22):
        data = {"username": f"user{number}", "password": "x"}
        last = Client().post(reverse("admin:login"), data, REMOTE_ADDR="10.0.0.7")
        statuses.append(last.status_code)
        if number == 11:
            assert sign_in(Client(), REMOTE_ADDR="10.0.0.7").status_code == 302
    assert statuses == [200] * 19 + [429] * 3
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.7").status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.8").status_code == 302


def test_a_browser_that_has_signed_in_before_is_never_slowed(
    client: Client, ann: Account
) -> None:
    sign_in(client, REMOTE_ADDR="10.0.0.7")
    assert "ann" not in client.cookies["known"].value
    client.post("/account/sign-out/")
    for number in range(21):
        data = {"username": f"user{number}", "password": "x"}
        last = Client().post(SIGN_IN, data, REMOTE_ADDR="10.0.0.7")
    assert last.status_code == 429
    assert sign_in(client, REMOTE_ADDR="10.0.0.7").status_code == 302
    client.post("/account/sign-out/")
    # Only for that account.
    data = {"username": "bob", "password": "x"}
    assert client.post(SIGN_IN, data, REMOTE_ADDR="10.0.0.7").status_code == 429
    forger = Client()
    forger.cookies["known"] = "x:y:z"
    assert sign_in(forger, REMOTE_ADDR="10.0.0.7").status_code == 429


def test_guessing_from_everywhere_is_slowed_but_not_for_the_owner(
    client: Client, ann: Account, settings: Settings
) -> None:
    sign_in(client)
    client.post("/account/sign-out/")
    settings.SIGN_INS_PER_ACCOUNT = (20, 900)
    statuses = [
        sign_in(Client(), "guess", REMOTE_ADDR=f"10.0.0.{n}").status_code
        for n in range(21)
    ]
    assert statuses.count(422) == 19
    assert statuses[-1] == 429
    assert sign_in(Client(), REMOTE_ADDR="10.9.9.9").status_code == 429
    assert sign_in(client).status_code == 302


def test_the_owner_is_told_once_a_day(ann: Account) -> None:
    Account.objects.create_user("bob")
    for name in ("ann", "bob", "nobody"):
        for n in range(24):
            data = {"username": name, "password": f"guess {n}"}
            address = f"10.0.{len(name)}.{n % 2}"
            Client().post(SIGN_IN, data, REMOTE_ADDR=address)
    work()
    (told,) = mail.outbox
    assert told.to == ["ann@example.org"]
    assert "Nobody got in" in told.body


@pytest.mark.parametrize(
    "who", [["ann"], ["ANN"], ["--address", "10.0.0.7"], ["--all"]]
)
def test_an_operator_unlocks_by_command(who: list[str], ann: Account) -> None:
    for n in range(10):
        sign_in(Client(), f"guess {n}", REMOTE_ADDR="10.0.0.7")
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.7").status_code == 429
    out = StringIO()
    call_command("unlock", "somebody", stdout=out)
    assert "Nothing was locked" in out.getvalue()
    call_command("unlock", *who, stdout=out)
    assert "Unlocked" in out.getvalue()
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.7").status_code == 302
    with pytest.raises(CommandError, match="not an IP address"):
        call_command("unlock", "--address", "nonsense")


def test_a_forged_address_does_not_avoid_the_lock(ann: Account) -> None:
    for number in range(12):
        forged = f"10.0.0.{number}"
        last = sign_in(Client(), "x", headers={"X-Forwarded-For": forged})
    assert last.status_code == 429


def test_names_differ_by_more_than_case(client: Client, settings: Settings) -> None:
    settings.ALLOW_SIGNUP = True
    new = {"password1": PASSWORD, "password2": PASSWORD}
    for name, status in (("Ann", 302), ("ann", 422), ("ANN", 422), ("anna", 302)):
        answer = Client().post("/account/sign-up/", new | {"username": name})
        assert answer.status_code == status, name
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create_user("aNN")
    anna = Account.objects.get(username="anna")
    anna.username = "aNN"
    with pytest.raises(ValidationError):
        anna.full_clean()


def test_accounts_of_earlier_versions_may_differ_in_case_alone(client: Client) -> None:
    first, second = (Account.objects.create_user(n, password=PASSWORD) for n in "ab")
    Account.objects.filter(pk=second.pk).update(username="A", folded=None)
    second.refresh_from_db()
    second.save()
    data = {"username": "A", "password": PASSWORD}
    assert client.post(SIGN_IN, data).status_code == 302
    assert client.get("/account/").context["user"] == second != first


def test_nobody_signs_up_unless_the_site_allows_it(
    client: Client, settings: Settings
) -> None:
    new = {"username": "bob", "password1": PASSWORD, "password2": PASSWORD}
    assert client.get("/account/sign-up/").status_code == 404
    assert client.post("/account/sign-up/", new).status_code == 404
    settings.ALLOW_SIGNUP = True
    assert client.post("/account/sign-up/", new | {"password2": ""}).status_code == 422
    assert client.post("/account/sign-up/", new).status_code == 302
    account = Account.objects.get()
    assert (account.is_staff, account.is_superuser) == (False, False)
    assert client.get("/account/").status_code == 200
