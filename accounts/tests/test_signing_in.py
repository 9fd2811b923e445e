"""Signing in and out, passwords, and what brute force meets."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Account
from tests.working import work

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp in the fog"
SIGN_IN = "/account/sign-in/"


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ann() -> Account:
    return Account.objects.create_user("ann", "ann@example.org", PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> object:
    data = {"username": "ann", "password": password}
    return client.post(SIGN_IN, data, **more)


def test_signing_in_leads_to_ones_own_page(client: Client, ann: Account) -> None:
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
def test_cookies_that_came_over_https_stay_there(secure: bool, ann: Account) -> None:
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


def test_asking_for_a_link_tells_nothing_about_who_is_known(
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


@pytest.mark.any_database
def test_brute_force_of_an_account_is_shut_out(ann: Account) -> None:
    """1,000 guesses from as many addresses: ten are looked at."""
    met: dict[int, int] = {}
    for number in range(1_000):
        address = f"10.0.{number // 250}.{number % 250}"
        status = sign_in(Client(), f"guess {number}", REMOTE_ADDR=address).status_code
        met[status] = met.get(status, 0) + 1
    assert met == {422: 9, 429: 991}
    locked = sign_in(Client(), REMOTE_ADDR="10.9.9.9")
    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "900"


def test_brute_force_from_one_address_is_shut_out(ann: Account) -> None:
    """Over many accounts, also through the admin's own page."""
    for number in range(12):
        data = {"username": f"user{number}", "password": "x"}
        last = Client().post(reverse("admin:login"), data, REMOTE_ADDR="10.0.0.7")
    assert last.status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.7").status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.8").status_code == 302


def test_what_a_visitor_says_about_their_address_is_not_believed(ann: Account) -> None:
    for number in range(12):
        forged = f"10.0.0.{number}"
        data = {"username": f"user{number}", "password": "x"}
        last = Client().post(SIGN_IN, data, headers={"X-Forwarded-For": forged})
    assert last.status_code == 429


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
