"""The API does what its description says, whatever programs send."""

import re
from collections.abc import Iterator
from html import escape, unescape
from uuid import uuid4

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django import Settings
from schemathesis.checks import CHECKS

from accounts.models import Account, ApiKey, Scope
from tweets.models import User
from tweets.tests.cast import make_cast

EXAMPLES = 25
WITHOUT_X = 409  # No test has a key for X.
SCHEMA = "/api/v1/openapi.json"
PROMISES = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
]

pytestmark = pytest.mark.django_db


schema = schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application())


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request does not close the connection that holds the test's transaction."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def headers(settings: Settings, one_connection: None) -> dict[str, str]:
    """Of a key that may do everything, on a site with some users and no limits."""
    settings.RATE_LIMIT_ANON = settings.RATE_LIMIT_KEY = None
    make_cast(20)
    boss = Account.objects.create_superuser("boss")
    key = ApiKey(account=boss, name="robot", scopes=Scope.values)
    return {"Authorization": f"Bearer {ApiKey.objects.issue(key)}"}


@schema.parametrize()
@examples(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_request_gets_a_documented_answer(
    case: schemathesis.Case, headers: dict[str, str]
) -> None:
    checks = [CHECKS.get_one(name) for name in PROMISES]
    case.call_and_validate(headers=headers, checks=checks)


def test_the_description_is_openapi_3_1_and_whole() -> None:
    described = Client().get(SCHEMA).json()
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["description"], where
            assert {"401", "403", "500"} <= set(operation["responses"]), where
            for status, response in operation["responses"].items():
                problem = "application/problem+json" in response["content"]
                assert problem == (int(status) >= 400), where
    assert "ApiKeyBearer" in described["components"]["securitySchemes"]


def test_the_docs_page_runs_no_script_of_its_own() -> None:
    page = Client().get("/api/v1/docs")
    policy = page.headers["Content-Security-Policy"]
    html = page.content.decode()
    assert "script-src 'self'" in policy
    assert "<style" not in html
    scripts = [tag.split(">")[0] for tag in html.split("<script")[1:]]
    assert all("src=" in tag for tag in scripts)


def test_the_page_for_people_shows_every_operation_and_shape() -> None:
    described = Client().get(SCHEMA).json()
    page = Client().get("/api/v1/docs").content.decode()
    for path, methods in described["paths"].items():
        assert path in page
        for operation in methods.values():
            assert escape(operation["description"]) in page
    places = set(re.findall(r'id="(\w+)"', page))
    links = set(re.findall(r'href="#(\w+)"', page))
    assert {"create_prediction", "PredictionOut", "EvidenceOut"} <= links <= places


def test_the_examples_on_the_page_are_answered(headers: dict[str, str]) -> None:
    page = unescape(Client().get("/api/v1/docs").content.decode())
    examples = re.findall(r'curl "http://testserver(\S+)"([^<]*)', page)
    assert len(examples) == 11
    for pattern, options in examples:
        path = pattern.format(
            handle=User.objects.earliest("pk").handle, slug="unknown", task_id=uuid4()
        )
        asked = Client(headers=headers if "$KEY" in options else {})
        if body := re.search(r"-d '(.*)'", options):
            answer = asked.post(path, body[1], content_type="application/json")
        elif "@tweets.csv" in options:
            file = SimpleUploadedFile("tweets.csv", b"user,text\nann,one two three\n")
            answer = asked.post(path, {"file": file})
        else:
            answer = asked.post(path) if "POST" in options else asked.get(path)
        named = {"unknown", "tasks"} & set(path.split("/"))
        expected = [404] if named else [200, 202, WITHOUT_X]
        assert answer.status_code in expected, path
