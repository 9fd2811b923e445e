"""What hostile requests meet: too large, forged, leading elsewhere, guessing."""

import json
import socket
import statistics
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import Account, ApiKey, Scope
from common.http.body_limit import FORM_OVERHEAD, BodyLimitMiddleware
from prediction.models import new_slug
from tests.every_url import make_account
from tests.served import served

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MIB = 2**20
PASSWORD = "a lamp in the fog"


class Unread:
    """A request's body that nobody may touch."""

    def read(self, *args: object) -> bytes:
        raise AssertionError("it was read")

    readline = read


def announce(client: Client, path: str, length: int, **more: object) -> int:
    """Announces a form of that length; returns the status."""
    answer = client.generic(
        "POST",
        path,
        CONTENT_LENGTH=str(length),
        CONTENT_TYPE="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread()},
        **more,
    )
    return int(answer.status_code)


@pytest.mark.parametrize(
    "path",
    ["/predict/", "/batch/", "/account/sign-in/", "/admin/tweets/upload/add/", "/no/"],
)
def test_what_is_too_large_is_refused_unread(client: Client, path: str) -> None:
    assert announce(client, path, 17 * MIB) == 413


def test_the_api_refuses_it_as_json(client: Client) -> None:
    answer = client.generic("POST", "/api/v1/predictions", CONTENT_LENGTH=str(17 * MIB))
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_only_staff_may_send_a_large_file(client: Client) -> None:
    path = "/admin/tweets/upload/add/"
    largest = settings.MAX_UPLOAD_BYTES + FORM_OVERHEAD
    client.force_login(make_account("curator"))
    assert announce(client, path, largest + 1) == 413
    with pytest.raises(AssertionError, match="it was read"):
        announce(client, path, largest)
    client.logout()
    client.force_login(Account.objects.create_user("ann"))
    assert announce(client, path, 17 * MIB) == 413


def test_the_api_looks_at_the_key_before_the_file(client: Client) -> None:
    path = "/api/v1/imports"
    largest = settings.MAX_UPLOAD_BYTES + FORM_OVERHEAD
    assert announce(client, path, largest) == 401
    assert announce(client, path, largest + 1) == 413


def test_a_body_of_unknown_length_is_refused() -> None:
    request = RequestFactory().post("/predict/", HTTP_TRANSFER_ENCODING="chunked")
    answer = BodyLimitMiddleware(mock.Mock(side_effect=AssertionError))(request)
    assert answer.status_code == 411


def test_gunicorn_refuses_chunks_without_end(tmp_path: Path) -> None:
    """A body in chunks does not say how long it gets: it is not waited for."""
    with served(tmp_path) as port, socket.create_connection(("127.0.0.1", port)) as s:
        s.settimeout(30)
        s.sendall(
            b"POST /predict/ HTTP/1.1\r\nHost: localhost\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n10000\r\n" + b"x" * 65_536
        )
        assert s.recv(200).startswith(b"HTTP/1.1 411")


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "http://testserver@evil.example/",
    "\t//evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("page", ["/account/sign-in/", "/admin/login/"])
def test_signing_in_leads_to_no_other_site(page: str, target: str) -> None:
    Account.objects.create_user("ann", password=PASSWORD, is_staff=True)
    data = {"username": "ann", "password": PASSWORD, "next": target}
    location = Client().post(page, data).headers["Location"]
    assert location == "/account/"
    location = Client().post(f"{page}?next={target}", data).headers["Location"]
    assert location == "/account/"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_link_of_ours_leads_to_another_site(target: str) -> None:
    """Whoever is signed in is sent on at once; others take next along in the form."""
    client = Client()
    client.force_login(make_account("superuser"))
    for path in ("/account/sign-in/", "/admin/login/", "/admin/logout/", "/predict/"):
        answer = client.get(path, {"next": target, "url": target})
        assert "evil" not in answer.headers.get("Location", "")
        assert "javascript" not in answer.headers.get("Location", "")


def test_a_slash_too_many_does_not_lead_elsewhere(client: Client) -> None:
    for path in ("//evil.example", "/\\evil.example", "//evil.example/%2e%2e"):
        location = client.get(path).headers.get("Location", "/")
        assert not location.startswith(("//", "/\\", "http://evil"))


def test_signing_in_answers_alike_whether_an_account_is_there(
    settings: Settings,
) -> None:
    """The same page, and the same work: a password is hashed once either way."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    Account.objects.create_user("ann", password=PASSWORD)
    pages = []
    for name in ("ann", "bob"):
        with mock.patch(
            "django.contrib.auth.hashers.PBKDF2PasswordHasher.encode",
            return_value="pbkdf2_sha256$1$x$y",
        ) as hashed:
            answer = Client().post(
                "/account/sign-in/", {"username": name, "password": "wrong"}
            )
        page = answer.content.decode().replace(name, "NAME")
        assert hashed.call_count == 1
        pages.append((answer.status_code, without_token(page)))
    assert pages[0] == pages[1]


def without_token(page: str) -> str:
    before, _, after = page.partition('csrfmiddlewaretoken" value="')
    return before + after.partition('"')[2]


def test_an_account_that_is_shut_off_signs_in_like_an_unknown_one() -> None:
    Account.objects.create_user("ann", password=PASSWORD, is_active=False)
    data = {"username": "ann", "password": PASSWORD}
    answer = Client().post("/account/sign-in/", data)
    assert "correct username and password" in answer.content.decode()


def test_addresses_of_saved_answers_cannot_be_guessed() -> None:
    slugs = {new_slug() for _ in range(2_000)}
    assert len(slugs) == 2_000
    assert min(map(len, slugs)) == 16
    shared = [len({slug[place] for slug in slugs}) for place in range(16)]
    assert statistics.mean(shared) > 60  # of the 64 characters, at every place


def test_keys_are_compared_in_constant_time(client: Client) -> None:
    ann = Account.objects.create_user("ann")
    token = ApiKey.objects.issue(ApiKey(account=ann, name="x", scopes=[Scope.READ]))
    wrong = token[:-4] + "0000"
    with mock.patch("accounts.models.hmac.compare_digest", return_value=False) as same:
        headers = {"Authorization": f"Bearer {wrong}"}
        assert client.get("/api/v1/users", headers=headers).status_code == 401
    assert same.call_count == 1


@pytest.mark.parametrize(
    "where", ["http://169.254.169.254/", "file:///etc/passwd", "http://127.0.0.1:1/"]
)
def test_no_address_from_a_visitor_is_ever_fetched(client: Client, where: str) -> None:
    """Nothing in the process may so much as open a connection."""
    body = json.dumps({"text": where, "users": [where, where], "url": where})
    with mock.patch.object(socket, "getaddrinfo", side_effect=AssertionError):
        client.post("/predict/", {"text": where, "users": [where]})
        client.post("/api/v1/predictions", body, content_type="application/json")
        client.post("/voice/", {"text": where})
        client.get("/users/", {"q": where})
