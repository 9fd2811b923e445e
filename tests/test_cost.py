"""What a visitor may have the site do is bounded, and counted by the work it is."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from common.http import rate_limits
from common.search import MAX_WORDS, NOTICE, search_notice, search_words
from prediction.api import predictions
from prediction.models import Batch
from prediction.pages.batch import asking
from tweets.tests.cast import CRITIC, KEEPER, make_cast, make_user

MANY = " ".join(f"w{number}" for number in range(1_900))


def test_only_the_first_different_words_are_searched_for() -> None:
    assert search_words("a A b a c\0") == ["a", "b", "c"]
    assert len(search_words(MANY)) == MAX_WORDS
    assert search_words("x" * 5_000) == ["x" * 100]
    assert search_notice("a b c d e f g h") == ""
    assert search_notice("a " * 40) == ""
    assert search_notice("a b c d e f g h i") == NOTICE
    assert search_notice("x" * 101) == NOTICE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/users/?q=", "/compare/?near=", "/users/ann/?q=", "/users.json?q="]
)
def test_every_search_is_bounded_and_says_so(client: Client, address: str) -> None:
    make_user("ann", ["one two three"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address + MANY)
    assert answer.status_code == 200
    assert max(query["sql"].count("LIKE") for query in queries) <= 2 * MAX_WORDS
    assert NOTICE in answer.content.decode()
    assert NOTICE not in client.get(address + "ann").content.decode()


@pytest.mark.django_db
def test_a_program_that_searches_for_too_much_is_told(client: Client) -> None:
    answer = client.get("/api/v1/users?q=a+b+c+d+e+f+g+h+i")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "q", "reason": NOTICE}]


@pytest.mark.django_db
def test_searches_by_address_are_limited(client: Client, settings: Settings) -> None:
    settings.RATE_LIMIT_ANON = (1, 60)
    statuses = [client.get("/users.json?q=a").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert client.get("/users/").status_code == 200


def test_cost_grows_with_characters_and_people() -> None:
    tweet = "x" * 280
    assert rate_limits.cost_of([tweet], 4) == 1
    assert rate_limits.cost_of([tweet] * 10, 100) == 1
    assert rate_limits.cost_of(["x" * 5_000] * 500, 4) == 464
    assert rate_limits.cost_of([tweet] * 500, 2_000) == 525


@pytest.mark.django_db
def test_a_batch_counts_as_much_as_it_is(client: Client, settings: Settings) -> None:
    make_cast()
    settings.RATE_LIMIT_ANON = (1, 60)
    lines = "\n".join("x" * 5_000 for _ in range(13))
    body = {"texts": lines, "users": [KEEPER, CRITIC]}
    assert [client.post("/batch/", body).status_code for _ in range(2)] == [302, 429]


@pytest.mark.django_db
def test_heavy_work_is_done_once_at_a_time(client: Client) -> None:
    make_cast()
    texts = ["x y z " * 800] * 13
    body = json.dumps({"text": texts, "users": [KEEPER, CRITIC]})
    with rate_limits.bounded(rate_limits.HEAVY_FROM):
        answer = client.post("/api/v1/predictions", body, "application/json")
        many = {"texts": "\n".join(texts), "users": [KEEPER, CRITIC]}
        page = client.post("/batch/", many)
        light = client.post("/predict/", {"text": "tea", "users": [KEEPER, CRITIC]})
    assert (answer.status_code, light.status_code) == (429, 200)
    assert answer.headers["Retry-After"] == "5"
    # A worker does this, one batch at a time.
    assert page.status_code == 302
    assert Batch.objects.get().state == Batch.State.WAITING
    again = client.post("/api/v1/predictions", body, "application/json")
    assert again.status_code == 200


@pytest.mark.django_db
def test_only_so_many_batches_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cast()
    monkeypatch.setattr(asking, "MOST_WAITING", 2)
    body = {"texts": "\n".join(["x y z " * 800] * 13), "users": [KEEPER, CRITIC]}
    statuses = [client.post("/batch/", body).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]


@pytest.mark.django_db
def test_answers_about_everybody_name_ten(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cast()
    monkeypatch.setattr(predictions, "TOP_OF_ALL", 2)
    monkeypatch.setattr(predictions, "MAX_CANDIDATES", 5)

    def ask(**question: object) -> object:
        body = {"text": "a quiet night", "users": "all"} | question
        return client.post("/api/v1/predictions", body, "application/json")

    assert len(ask().json()["candidates"]) == 2
    assert len(ask(top=3).json()["candidates"]) == 3
    named = ask(users=[KEEPER, CRITIC, "PlumstoneTilDie"])
    assert len(named.json()["candidates"]) == 3
    assert ask(text=["a b c", "d e f"], top=3).status_code == 422
    assert ask(text=["a b c", "d e f"], top=2).status_code == 200
