"""`add_users`, `refresh_tweets`, `reset_tweets` and `erase_user` for operators."""

import json
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.commands import refused, run
from tweets.models import OptOut, Tweet, User
from tweets.tests.cast import make_user
from tweets.tests.fake_x import FakeX

pytestmark = pytest.mark.django_db
WORDS = ["one two three", "four five six", "seven eight nine"]
NO_TOKEN = "X_BEARER_TOKEN is not set"


def answer(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """What somebody at the terminal types next."""
    monkeypatch.setattr(sys, "stdin", StringIO(typed))


def test_adding_users_does_not_read_their_posts(x: FakeX) -> None:
    x.add_user("ada", posts=5)
    assert run("add_users", "@ada", "ada") == "@ada added\n"
    user = User.objects.get()
    assert (user.handle, user.source, user.tweet_count) == ("ada", User.Source.X, 0)
    assert run("add_users", "ADA") == "@ada is already followed\n"


def test_a_user_from_a_file_can_be_followed(x: FakeX) -> None:
    x.add_user("ann")
    make_user("ann", WORDS)
    assert json.loads(run("add_users", "ann", "--json"))["added"] == ["ann"]
    user = User.objects.get()
    assert (user.source, user.tweet_count) == (User.Source.X, 3)


def test_each_user_who_cannot_be_followed_is_reported(x: FakeX) -> None:
    x.add_user("ada")
    x.add_user("gone", state="suspended")
    OptOut.objects.create(handle="private")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="Some users"):
        call_command(
            *("add_users", "ada", "gone", "private", "a-b", "nobody_here"),
            stdout=out,
            stderr=err,
        )
    assert out.getvalue() == "@ada added\n"
    assert sorted(err.getvalue().splitlines()) == [
        "@a-b: not a handle: up to 15 letters, digits and underscores",
        "@gone: suspended on X",
        "@nobody_here: not found on X",
        "@private: opted out",
    ]


def test_a_user_renamed_to_an_opted_out_handle_is_refused(x: FakeX) -> None:
    ada = x.add_user("ada")
    OptOut.objects.create(handle="formerly_ada", x_id=ada.x_id)
    assert "Some users" in str(refused("add_users", "ada"))
    assert not User.objects.exists()


@pytest.mark.parametrize("command", [("add_users", "ada"), ("refresh_tweets",)])
def test_without_a_token_no_request_is_sent(
    settings: Settings, command: tuple[str, ...]
) -> None:
    settings.X_BEARER_TOKEN = ""
    assert NO_TOKEN in str(refused(*command))


@pytest.mark.parametrize(
    "command", [("add_users", "ada"), ("refresh_tweets", "--usage")]
)
def test_a_refused_token_is_reported(x: FakeX, command: tuple[str, ...]) -> None:
    x.fail(401, times=9)
    assert "token" in str(refused(*command)).lower()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "Not followed here: nobody. Add them with add_users."),
        (["--max-posts", 0], "--max-posts must be more than 0"),
        (["--since-days", 0], "--since-days must be more than 0"),
        (["--since-days", -1], "--since-days must be more than 0"),
        (["--loop", 0], "--loop must be more than 0"),
    ],
)
def test_wrong_usage_of_refresh_is_reported(
    x: FakeX, arguments: list[object], words: str
) -> None:
    error = refused("refresh_tweets", *arguments)
    assert words in str(error)
    assert error.returncode == 2
    assert not x.requests


def test_a_forecast_costs_nothing(x: FakeX) -> None:
    x.add_user("ada", posts=12)
    run("add_users", "ada")
    asked = len(x.requests)
    said = run("refresh_tweets", "--dry-run")
    assert said.startswith("1 users to look up and about ")
    assert said.endswith("Nothing was read.\n")
    most = json.loads(run("refresh_tweets", "--dry-run", "--max-posts", 7, "--json"))
    assert most["most_posts"] == 7
    assert len(x.requests) == asked


def test_a_later_forecast_uses_what_was_read(x: FakeX) -> None:
    x.add_user("ada", posts=40)
    run("add_users", "ada")
    run("refresh_tweets")
    expected = json.loads(run("refresh_tweets", "--dry-run", "--json"))
    assert 1 <= expected["posts"] < 40


def test_a_round_tells_what_it_read(x: FakeX) -> None:
    x.add_user("ada", posts=12)
    x.add_user("bob", posts=3)
    run("add_users", "ada", "bob")
    said = run("refresh_tweets", "@ada", "--since-days", 1e12)
    assert "1 users refreshed, 12 posts read" in said
    assert "12 tweets stored" in said
    assert Tweet.objects.count() == 12


def test_a_user_who_left_x_is_reported(x: FakeX) -> None:
    ada = x.add_user("ada", posts=3)
    run("add_users", "ada")
    ada.state = "suspended"
    assert "1 suspended on X" in run("refresh_tweets")
    assert User.objects.get().status == User.Status.SUSPENDED


def test_posts_that_x_no_longer_shows_are_deleted(x: FakeX) -> None:
    ada = x.add_user("ada", posts=5)
    run("add_users", "ada")
    run("refresh_tweets")
    x.delete(ada.posts[2])
    said = run("refresh_tweets", "--check-deleted")
    assert said == "5 posts checked (about $0.02), 1 removed.\n"
    again = json.loads(run("refresh_tweets", "--check-deleted", "--json"))
    assert (again["checked"], again["removed"], again["hidden"]) == (4, {}, {})
    assert (again["ended_early"], again["nothing_to_do"]) == ("", "")
    assert Tweet.objects.count() == 4


def test_the_usage_of_the_project_is_shown(x: FakeX) -> None:
    assert "posts read, " in run("refresh_tweets", "--usage")
    assert "project_usage" in json.loads(run("refresh_tweets", "--usage", "--json"))


def test_tweets_are_reset_only_after_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    make_user("ann", WORDS)
    for typed in ("no\n", ""):
        answer(monkeypatch, typed)
        assert "Nothing was deleted." in str(refused("reset_tweets", "--all"))
    assert Tweet.objects.count() == 3
    answer(monkeypatch, "yes\n")
    assert "3 tweets deleted." in run("reset_tweets", "--all")
    assert User.objects.get().tweet_count == 0


def test_one_users_tweets_are_reset_alone() -> None:
    make_user("ann", WORDS)
    make_user("bob", WORDS)
    assert "no user @nobody" in str(refused("reset_tweets", "--user", "nobody"))
    run("reset_tweets", "--user", "@Ann", "--yes")
    assert [tweet.user.handle for tweet in Tweet.objects.all()] == ["bob"] * 3


def test_a_user_is_erased_after_the_handle_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_user("ann", WORDS)
    for typed in ("yes\n", ""):
        answer(monkeypatch, typed)
        assert "Nothing was erased." in str(refused("erase_user", "ann"))
    answer(monkeypatch, "@ANN\n")
    assert "erased and will not be stored again" in run("erase_user", "ann")
    assert not User.objects.exists()
    assert OptOut.objects.covers("ann")


def test_an_unknown_handle_can_be_opted_out() -> None:
    said = run("erase_user", "@never_seen", "--yes")
    assert "was not stored here, and will not be" in said
    assert OptOut.objects.covers("never_seen")


@pytest.mark.parametrize("handle", ["", "two words"])
def test_an_invalid_handle_erases_nothing(handle: str) -> None:
    assert refused("erase_user", handle, "--yes").returncode == 2
    assert not OptOut.objects.exists()
