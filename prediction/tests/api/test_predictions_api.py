"""Predictions for programs."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Account, ApiKey, Scope
from prediction.models import Prediction
from tweets.models import User
from tweets.tests.cast import CRITIC, KEEPER, make_cast, make_user

pytestmark = pytest.mark.django_db
PATH = "/api/v1/predictions"
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."


@pytest.fixture(autouse=True)
def cast() -> list[User]:
    return make_cast(30)


def ask(text: object = LAMP, **more: object) -> object:
    headers = more.pop("headers", {})
    body = {"text": text, "users": [KEEPER, CRITIC]} | more
    return Client().post(PATH, body, content_type="application/json", headers=headers)


def test_one_text_gets_one_answer() -> None:
    answer = ask().json()
    assert answer["predicted"] == KEEPER
    assert sum(c["probability"] for c in answer["candidates"]) == pytest.approx(1)
    assert (answer["slug"], answer["url"]) == (None, None)
    assert not Prediction.objects.exists()


def test_reasons_and_what_would_change_it_come_if_asked() -> None:
    text = f"{LAMP} A restored print (two stars) UP THE PLUMS!!!"
    plain, asked = ask(text).json(), ask(text, why=True, save=True).json()
    assert plain["change"] is None
    assert {found["why"] for found in plain["evidence"]} == {None}
    assert asked["change"]["predicted"] == CRITIC
    assert (
        text[asked["change"]["start"] : asked["change"]["end"]]
        == (asked["change"]["text"])
    )
    reasons = [why for found in asked["evidence"] for why in found["why"]]
    assert reasons
    assert all(0 <= why["share_of_others"] < why["share"] <= 1 for why in reasons)
    again = Client().get(f"{PATH}/{asked['slug']}").json()
    assert again["change"] == asked["change"]
    assert again["evidence"] == plain["evidence"]
    (item,) = ask([text], why=True).json()["items"]
    assert item["evidence"] == asked["evidence"]


def test_a_text_that_is_stored_is_recognised() -> None:
    assert ask().json()["verbatim"] is None
    make_user("ann", [LAMP])
    expected = {
        "handle": "ann",
        "posted_at": None,
        "url": "https://x.com/ann/status/1",
    }
    answer = ask(save=True).json()
    assert answer["verbatim"] == expected
    assert answer["predicted"] == KEEPER
    assert Client().get(f"{PATH}/{answer['slug']}").json() == answer
    assert ask([LAMP, "A quiet film about noise"]).json()["items"][0]["verbatim"]


def test_up_to_500_texts_get_answers_in_order(settings: Settings) -> None:
    settings.RATE_LIMIT_ANON = None
    answer = ask([LAMP] * 499 + ["A quiet film about noise"]).json()
    assert answer["count"] == len(answer["items"]) == 500
    assert answer["items"][499]["text"] == "A quiet film about noise"
    assert ask([LAMP] * 501).status_code == 422
    assert ask([]).status_code == 422


def test_a_saved_answer_can_be_fetched_again() -> None:
    answer = ask(save=True).json()
    again = Client().get(f"{PATH}/{answer['slug']}").json()
    assert again == answer
    assert Client().get(answer["url"]).status_code == 200


def test_a_key_saves_for_its_account() -> None:
    ann = Account.objects.create_user("ann")
    key = ApiKey(account=ann, name="robot", scopes=[Scope.PREDICT])
    headers = {"Authorization": f"Bearer {ApiKey.objects.issue(key)}"}
    answer = ask([LAMP, LAMP], save=True, headers=headers).json()
    slugs = {item["slug"] for item in answer["items"]}
    assert set(ann.predictions.values_list("slug", flat=True)) == slugs


def test_a_hidden_user_hides_saved_answers() -> None:
    slug = ask(save=True).json()["slug"]
    User.objects.filter(handle=KEEPER).update(is_listed=False)
    assert Client().get(f"{PATH}/{slug}").status_code == 404


def test_similar_users_are_listed() -> None:
    ask()
    User.objects.get(handle=CRITIC)
    answer = Client().get(f"/api/v1/similar/{KEEPER.upper()}?limit=1").json()
    assert answer["count"] in (0, 1)
    assert Client().get("/api/v1/similar/nobody").status_code == 404
    assert Client().get(f"/api/v1/similar/{KEEPER}?limit=0").status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ("{", 400, None),
        ("[]", 422, "text"),
        ('{"text": "x"}', 422, "users"),
        ('{"text": " ", "users": "all"}', 422, "text"),
        ('{"text": "x", "users": ["nobody", "none"]}', 404, "users"),
        ('{"text": "x", "users": "all", "engine": "magic"}', 422, "engine"),
        ('{"text": "x", "users": "all", "top": 0}', 422, "top"),
    ],
)
def test_bad_requests_name_the_field(body: str, status: int, field: str | None) -> None:
    answer = Client().post(PATH, body, content_type="application/json")
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (status, status)
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    if field:
        assert problem["errors"][0]["field"] == field


def test_an_engine_that_is_not_set_up_is_named_at_the_field(settings: Settings) -> None:
    settings.SPACY_PIPELINE = "blank:en"
    answer = ask(engine="vectors")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "engine"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing/here", 404),
        ("GET", "/api/", 404),
        ("GET", "/api/v1/", 404),
        ("DELETE", PATH, 405),
        ("GET", PATH, 405),
        ("GET", f"{PATH}/%00", 404),
        ("GET", "/api/v1/tasks/1", 404),
    ],
)
def test_unknown_addresses_and_methods_are_problems_too(
    method: str, path: str, status: int
) -> None:
    answer = Client().generic(method, path)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code == status
    assert ("Allow" in answer.headers) == (status == 405)


@examples(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(st.characters(codec=None), max_size=80), save=st.booleans())
def test_any_text_gets_an_answer_or_a_reason(text: str, save: bool) -> None:
    body = json.dumps({"text": text, "users": [KEEPER, CRITIC], "save": save})
    answer = Client().post(PATH, body, content_type="application/json")
    assert answer.status_code in (200, 422, 429)
