"""No key, token or password stands in a log line, whoever put it into a request."""

import json
import logging
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.logs import JsonFormatter, PlainFormatter, without_secrets
from tests.served import served

API_KEY = "hypo_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
TOKEN = "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0"
PASSWORD = "correct horse battery".replace(" ", "-")
RESET = "/account/reset/MQ/c7x2k1-0123456789abcdef0123456789abcdef/"
SECRET_KEY = "the site's own key, which signs everything"
SECRETS = [API_KEY, TOKEN, PASSWORD, "0123456789abcdef", SECRET_KEY]


@pytest.mark.parametrize(
    "line",
    [
        f"Authorization: Bearer {TOKEN}",
        f'{{"Authorization": "Bearer {TOKEN}"}}',
        f"GET /?token={TOKEN}&q=1",
        f"api_key={TOKEN}",
        f"apiKey: {TOKEN}",
        f"found {API_KEY}.",
        f"password1={PASSWORD}&password2={PASSWORD}",
        f"{{'password': '{PASSWORD}', 'username': 'ann'}}",
        f"postgres://hypotweet:{PASSWORD}@db.example.org/hypotweet",
        f"Set-Cookie: sessionid={TOKEN}; HttpOnly",
        f"csrfmiddlewaretoken={TOKEN}",
        f"Not Found: {RESET}",
        f"the key is {SECRET_KEY}",
    ],
)
def test_what_looks_like_a_secret_is_hidden(line: str) -> None:
    shown = without_secrets(line, [SECRET_KEY])
    assert not [secret for secret in SECRETS if secret in shown]
    assert "[hidden]" in shown


def test_other_lines_stay_as_they_are() -> None:
    for line in (
        "SECRET_KEY is not set.",
        "3 tokens were read; the password is wrong",
        "GET /users/?q=lamp 200",
        "https://x.com/ann/status/1",
    ):
        assert without_secrets(line) == line


@given(st.text(alphabet="ptoken=:/@ -'\"&ahypo_Bearer", max_size=3_000))
def test_any_line_is_gone_through_and_nothing_but_values_goes(line: str) -> None:
    assert isinstance(without_secrets(line), str)


def record(message: str, secret: str) -> logging.LogRecord:
    try:
        raise ValueError(f"cannot use {secret}")
    except ValueError:
        found = sys.exc_info()
    return logging.LogRecord("here", logging.ERROR, "", 0, message, (), found)


@pytest.mark.parametrize("formatter", [PlainFormatter, JsonFormatter])
def test_tracebacks_show_no_secrets_either(formatter: type[PlainFormatter]) -> None:
    for secret in (API_KEY, SECRET_KEY, f"token={TOKEN}"):
        line = formatter([SECRET_KEY]).format(record(f"of {secret}", secret))
        assert "ValueError" in line
        assert secret not in line


def test_an_empty_secret_hides_nothing() -> None:
    line = PlainFormatter(["", "a"]).format(record("abc", "abc"))
    assert "abc" in line


def ask(port: int, path: str, **more: object) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", **more)
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.processes
@pytest.mark.parametrize("kind", ["plain", "json"])
def test_a_server_that_is_told_secrets_logs_none(tmp_path: Path, kind: str) -> None:
    """With every access logged, at the most talkative level."""
    environment = {
        "LOG_FORMAT": kind,
        "LOG_LEVEL": "DEBUG",
        "ACCESS_LOG": "on",
        "SECRET_KEY": SECRET_KEY,
        "X_BEARER_TOKEN": TOKEN,
    }
    with served(tmp_path, **environment) as port:
        form = {"username": PASSWORD, "password": PASSWORD, "token": TOKEN}
        body = urllib.parse.urlencode(form).encode()
        key = {"Authorization": f"Bearer {API_KEY}", "Cookie": f"sessionid={TOKEN}"}
        name = {"X-Request-ID": "of-this-test"}
        assert ask(port, f"/?token={TOKEN}&password={PASSWORD}") == 200
        assert ask(port, "/account/sign-in/", data=body) == 403
        assert ask(port, "/api/v1/users", headers=key) == 401
        assert ask(port, f"/nothing/{API_KEY}", headers=key | name) == 404
        assert ask(port, RESET) == 200
        assert ask(port, f"{RESET}nothing/?token={TOKEN}") == 404
        assert ask(port, "/users/", headers={"Host": f"{API_KEY}.example"}) == 400
    log = (tmp_path / "log").read_text()
    assert not [secret for secret in SECRETS if secret in log]
    mine = [line for line in log.splitlines() if "of-this-test" in line]
    for said in ("Not Found: /nothing/hypo_[hidden]", "GET /nothing/hypo_[hidden] 404"):
        assert any(said in line for line in mine)
    if kind == "json":
        lines = [json.loads(line) for line in log.splitlines() if line[0] == "{"]
        assert {"gunicorn.access", "gunicorn.error"} <= {ln["logger"] for ln in lines}
        assert [line for line in log.splitlines() if line[0] != "{"] == []
