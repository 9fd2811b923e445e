"""Whom X no longer shows is hidden here at once, and their tweets go after a grace."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.commands import run
from tweets.models import User
from tweets.tests.cast import make_user
from tweets.tests.fake_x import FakeX
from tweets.tests.test_refresh import follow, refresh, stored

pytestmark = pytest.mark.django_db
STATES = [
    ("protected", "protected"),
    ("suspended", "suspended"),
    ("gone", "not_found"),
]


def check() -> dict[str, object]:
    answer = run("refresh_tweets", "--all", "--check-deleted", "--json")
    return dict(json.loads(answer))


def of(handle: str) -> User:
    return User.objects.get(handle=handle)


@pytest.mark.parametrize(("state", "status"), STATES)
def test_a_refresh_hides_whom_x_does_not_show(
    x: FakeX, client: Client, state: str, status: str
) -> None:
    ada = x.add_user("ada", posts=12)
    follow(ada)
    refresh(x)
    assert client.get("/users/ada/").status_code == 200
    ada.state = state
    refresh(x)
    assert (of("ada").status, of("ada").is_listed) == (status, False)
    assert client.get("/users/ada/").status_code == 404
    assert len(stored()) == 12
    ada.state = "active"
    refresh(x)
    assert client.get("/users/ada/").status_code == 200
    assert of("ada").unavailable_since is None


@pytest.mark.parametrize(("state", "status"), STATES)
def test_a_check_hides_them_too_and_keeps_their_posts_for_the_grace(
    x: FakeX, state: str, status: str
) -> None:
    ada, bea = x.add_user("ada", posts=12), x.add_user("bea", posts=12)
    follow(ada, bea)
    refresh(x)
    ada.state = state
    x.delete(bea.posts[3])
    report = check()
    assert report["hidden"] == {status: 1}
    assert report["removed"] == {"not_found": 1}
    assert not of("ada").is_listed
    assert len(stored("ada")) == 12
    assert len(stored("bea")) == 11
    assert of("bea").checked_at
    ada.state = "active"
    assert check()["hidden"] == {}
    assert of("ada").is_listed


def test_after_the_grace_their_tweets_are_deleted(x: FakeX, settings: Settings) -> None:
    settings.REMOVAL_GRACE_DAYS = 3
    ada, bea = x.add_user("ada", posts=12), x.add_user("bea", posts=12)
    follow(ada, bea)
    refresh(x)
    ada.state = "protected"
    refresh(x)
    run("prune")
    assert len(stored("ada")) == 12
    then = timezone.now() - timedelta(days=3, minutes=1)
    User.objects.filter(handle="ada").update(unavailable_since=then)
    planned = json.loads(run("prune", "--dry-run", "--json"))["deleted"]
    assert planned["tweets that X no longer shows"] == 12
    assert len(stored("ada")) == 12
    run("prune")
    assert stored("ada") == []
    assert of("ada").tweet_count == 0
    assert len(stored("bea")) == 12
    ada.state = "active"
    refresh(x)
    assert len(stored("ada")) == 12


def test_whom_staff_have_unlisted_stays_so(x: FakeX) -> None:
    ada = x.add_user("ada", posts=12)
    follow(ada)
    refresh(x)
    User.objects.update(is_listed=False)
    for state in ("protected", "active"):
        ada.state = state
        refresh(x)
    assert not of("ada").is_listed


def test_people_of_files_whom_x_never_had_are_left_alone(x: FakeX) -> None:
    make_user("a_dataset_user", ["one two three"])
    x.add_user("ada")
    refresh(x)
    check()
    assert of("a_dataset_user").is_listed


def test_who_was_checked_longest_ago_comes_first(x: FakeX) -> None:
    ada, bea = x.add_user("ada", posts=12), x.add_user("bea", posts=12)
    follow(ada, bea)
    refresh(x)
    run("refresh_tweets", "--check-deleted", "--max-posts", "12")
    assert User.objects.get(checked_at=None).handle == "bea"
    run("refresh_tweets", "--check-deleted", "--max-posts", "12")
    assert not User.objects.filter(checked_at=None).exists()


def test_whom_a_check_hid_does_not_keep_it_from_the_others(x: FakeX) -> None:
    ada, bea = x.add_user("ada", posts=12), x.add_user("bea", posts=12)
    follow(ada, bea)
    refresh(x)
    ada.state = "suspended"
    assert check()["checked"] == 12
    x.delete(bea.posts[0])
    assert check()["checked"] == 12
    assert of("bea").tweet_count == 11
