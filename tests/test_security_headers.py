"""Every answer tells browsers to be strict: pages, JSON, errors, static files."""

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.every_url import make_account, make_site, routes
from tests.installation import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EXPECTED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
CLOSED = ("default-src", "base-uri", "frame-ancestors")
OWN = ("script-src", "style-src", "connect-src", "form-action", "font-src")


def lacking(answer: HttpResponse) -> list[str]:
    """What an answer should say and does not."""
    wrong = [
        f"{name}: {answer.headers.get(name)}"
        for name, value in EXPECTED.items()
        if answer.headers.get(name) != value
    ]
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        wrong.append("no Permissions-Policy")
    return wrong + policy_faults(answer.headers.get("Content-Security-Policy", ""))


def policy_faults(policy: str) -> list[str]:
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if part)
    wrong = [name for name in CLOSED if parts.get(name) != "'none'"]
    wrong += [name for name in OWN if parts.get(name) != "'self'"]
    return wrong + [word for word in ("unsafe", "*", "http") if word in policy]


def test_every_address_answers_everybody_with_strict_headers(client: Client) -> None:
    site = make_site()
    staff = Client()
    staff.force_login(make_account("superuser"))
    wrong = [
        (address, fault)
        for address in map(site.address, routes())
        if not address.endswith("/embed/")
        for who in (client, staff)
        for fault in lacking(who.get(address))
    ]
    assert wrong == []


def test_only_what_is_made_for_frames_may_be_framed(client: Client) -> None:
    site = make_site()
    (route,) = [route for route in routes() if route.endswith("/embed/")]
    answer = client.get(site.address(route))
    assert answer.status_code == 200
    assert "X-Frame-Options" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if part)
    assert parts["frame-ancestors"] == "*"
    for closed in ("default-src", "base-uri", "script-src", "form-action"):
        assert parts[closed] == "'none'"
    assert parts["style-src"] == "'self'"
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert b"<form" not in answer.content
    assert b"<script" not in answer.content


@pytest.mark.parametrize(
    "address",
    [
        "/static/css/site.css",
        "/static/js/live.js",
        "/static/img/mark.svg",
        "/static/nothing.css",
        "/no/such/page/",
        "/api/v1/users/nobody",
        "/api/v1/nothing",
    ],
)
def test_files_and_refusals_have_them_too(client: Client, address: str) -> None:
    assert lacking(client.get(address)) == []


def test_a_forged_host_is_refused_with_them(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["hypotweet.example"]
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil" not in answer.content
    assert lacking(answer) == []


def test_a_fault_of_the_site_has_them_and_names_the_request(
    settings: Settings,
) -> None:
    settings.ROOT_URLCONF = "tests.faulty_urls"
    client = Client(raise_request_exception=False)
    answer = client.get("/fault/", headers={"X-Request-ID": "asked-by-a-proxy"})
    assert answer.status_code == 500
    assert lacking(answer) == []
    assert "asked-by-a-proxy" in answer.content.decode()
    assert "the secret of the fault" not in answer.content.decode()


IN_PRODUCTION = """
from django.test import Client
client = Client(SERVER_NAME="hypotweet.example")
plain = client.get("/users/?q=a")
print(plain.status_code, plain.headers["Location"])
print([client.get(path).status_code for path in ("/healthz", "/readyz")])
encrypted = client.get("/account/sign-in/", secure=True)
print(encrypted.status_code, encrypted.headers["Strict-Transport-Security"])
print([bool(cookie["secure"]) for cookie in encrypted.cookies.values()])
forged = client.get("/users/", headers={"X-Forwarded-Proto": "https"})
print(forged.status_code)
"""


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Installation:
    return Installation(
        tmp_path_factory.mktemp("production"),
        DEBUG="off",
        ALLOWED_HOSTS="hypotweet.example,localhost",
    )


def test_in_production_everything_goes_over_https(site: Installation) -> None:
    found = site.python(IN_PRODUCTION).splitlines()
    assert found == [
        "301 https://hypotweet.example/users/?q=a",
        "[200, 200]",
        "200 max-age=2592000",
        "[True]",
        "301",
    ]


AT_THE_MACHINE = """
from django.test import Client
for name, port in (("localhost", 8000), ("127.0.0.1", 80), ("[::1]", 8000)):
    answer = Client(SERVER_NAME=name, SERVER_PORT=port).get("/account/sign-in/")
    print(answer.status_code, [bool(c["secure"]) for c in answer.cookies.values()])
"""


def test_whoever_tries_it_out_at_the_machine_needs_no_certificate(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.environment, "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    assert site.python(AT_THE_MACHINE).splitlines() == ["200 [False]"] * 3


def test_the_own_proxy_is_believed_that_it_speaks_https(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.environment, "TRUSTED_PROXIES", "1")
    assert site.python(IN_PRODUCTION).splitlines()[-1] == "200"


def test_production_settings_pass_djangos_own_check(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {
        "SECRET_KEY": "".join(chr(48 + number) for number in range(60)),
        "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    }
    for name, value in good.items():
        monkeypatch.setitem(site.environment, name, value)
    site.run("check", "--deploy", "--fail-level", "WARNING")
    monkeypatch.setitem(site.environment, "HTTPS_ONLY", "off")
    site.run("check", "--deploy", "--fail-level", "WARNING", expect=1)
