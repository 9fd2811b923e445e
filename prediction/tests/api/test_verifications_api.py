"""Would one person have written it? For programs."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Account, ApiKey, Scope
from tweets.models import User
from tweets.tests.cast import CRITIC, KEEPER, make_cast, make_user

pytestmark = pytest.mark.django_db
PATH = "/api/v1/verifications"
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."
FIELDS = {
    "handle",
    "probability",
    "log_likelihood_ratio",
    "words",
    "flag",
    "evidence",
    "notices",
}


@pytest.fixture(autouse=True)
def cast() -> list[User]:
    return make_cast(30)


def ask(user: object, text: object = LAMP, **headers: str) -> object:
    body = {"user": user, "text": text}
    return Client().post(PATH, body, content_type="application/json", headers=headers)


def test_one_person_is_verified() -> None:
    own, other = ask(f"@{KEEPER.upper()}").json(), ask(CRITIC).json()
    assert set(own) == FIELDS
    assert own["handle"] == KEEPER
    assert own["log_likelihood_ratio"] > 0 > other["log_likelihood_ratio"]
    assert own["probability"] > 0.5 > other["probability"]
    assert own["words"].endswith("evidence in favour")
    assert other["words"].endswith("evidence against")
    for found in own["evidence"] + other["evidence"]:
        assert LAMP[found["start"] : found["end"]] == found["text"]
        assert (found["toward"] is None) == (found["weight"] < 0)


def test_notices_say_who_really_wrote_it_if_listed() -> None:
    ann = make_user("ann", [LAMP])
    assert ask(KEEPER).json()["notices"][0] == "@ann really wrote this."
    User.objects.filter(pk=ann.pk).update(is_listed=False)
    assert not any("ann" in said for said in ask(KEEPER).json()["notices"])


@pytest.mark.parametrize(
    ("user", "text", "status", "field"),
    [
        ("nobody", LAMP, 404, "user"),
        ("hidden", LAMP, 404, "user"),
        ("<b>", LAMP, 404, "user"),
        ("few", LAMP, 422, "user"),
        (KEEPER, " ", 422, "text"),
        (KEEPER, "a" * 5_001, 422, "text"),
        (KEEPER, None, 422, "text"),
        ([KEEPER], LAMP, 422, "user"),
    ],
)
def test_bad_requests_name_the_field(
    user: object, text: object, status: int, field: str
) -> None:
    make_user("few", ["One two three"])
    make_user("hidden", ["One two three"], is_listed=False)
    answer = ask(user, text)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["errors"][0]["field"] == field


def test_it_counts_as_a_prediction(settings: Settings) -> None:
    settings.RATE_LIMIT_ANON = (2, 60)
    answers = [ask(KEEPER) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_key_needs_the_scope_to_predict() -> None:
    ann = Account.objects.create_user("ann")
    for scope, status in ((Scope.READ, 403), (Scope.PREDICT, 200)):
        key = ApiKey(account=ann, name=scope, scopes=[scope])
        token = ApiKey.objects.issue(key)
        assert ask(KEEPER, Authorization=f"Bearer {token}").status_code == status
