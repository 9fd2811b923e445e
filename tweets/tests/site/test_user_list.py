"""The list of people, and the picker's search."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tweets.models import User
from tweets.tests.cast import make_user

pytestmark = pytest.mark.django_db
TEN = [f"this is number {word} of ten" for word in "abcdefghij"]


@pytest.fixture
def people() -> None:
    make_user("Ann", TEN, name="Ann Archer")
    make_user("bob", [*TEN, "and one more"], name="Bob <b>")
    make_user("few", TEN[:3])
    make_user("made_up", TEN, source=User.Source.DEMO)
    make_user("hidden", TEN, is_listed=False)


def shown(client: Client, **asked: str) -> list[str]:
    page = client.get("/users/", asked)
    assert page.status_code == 200
    return [user.handle for user in page.context["page"]]


@pytest.mark.usefixtures("people")
def test_listed_people_are_sorted_from_a_to_z(client: Client) -> None:
    assert shown(client) == ["Ann", "bob", "few", "made_up"]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "@ANN"}, ["Ann"]),
        ({"q": "archer"}, ["Ann"]),
        ({"q": "hidden"}, []),
        ({"q": "\0"}, ["Ann", "bob", "few", "made_up"]),
        ({"kind": "ready"}, ["Ann", "bob", "made_up"]),
        ({"kind": "fictional"}, ["made_up"]),
        ({"kind": "nonsense"}, ["Ann", "bob", "few", "made_up"]),
        ({"sort": "tweets"}, ["bob", "Ann", "made_up", "few"]),
        ({"sort": "nonsense"}, ["Ann", "bob", "few", "made_up"]),
        ({"page": "99"}, ["Ann", "bob", "few", "made_up"]),
    ],
)
def test_it_can_be_searched_filtered_and_sorted(
    client: Client, asked: dict[str, str], found: list[str]
) -> None:
    assert shown(client, **asked) == found


@pytest.mark.usefixtures("people")
def test_picked_people_stay_picked(client: Client) -> None:
    page = client.get("/users/", {"users": ["bob"], "q": "ann"}).content.decode()
    assert '<input type="hidden" name="users" value="bob">' in page
    assert "picked already: @bob" in page


@pytest.mark.usefixtures("people")
def test_names_are_escaped(client: Client) -> None:
    assert "Bob &lt;b&gt;" in client.get("/users/").content.decode()


@pytest.mark.usefixtures("people")
def test_the_picker_finds_users_with_enough_tweets(client: Client) -> None:
    found = client.get("/users.json", {"q": "a"}).json()
    assert found["count"] == 2
    assert found["items"][0] == {
        "handle": "Ann",
        "name": "Ann Archer",
        "initials": "AA",
        "hue": found["items"][0]["hue"],
        "image": "",
        "tweets": 10,
    }


def test_a_search_without_results_offers_everyone(client: Client) -> None:
    make_user("ann", TEN)
    page = client.get("/users/", {"q": "zzz"}).content.decode()
    assert "Nobody found" in page


@pytest.mark.usefixtures("people")
def test_a_page_costs_two_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        client.get("/users/")
