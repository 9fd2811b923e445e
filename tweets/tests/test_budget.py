"""What is read from X stays within a budget, whoever reads it, and is counted."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.commands import run
from tests.installation import Installation
from tests.working import work
from tweets import tasks
from tweets.models import DayOfReading, Fetch, Tweet, User
from tweets.tests.cast import make_user
from tweets.tests.fake_x import FakeX
from tweets.tests.test_refresh import follow
from tweets.x.budget import BudgetSpentError, reserved, spent
from tweets.x.costs import forecast
from tweets.x.session import Limits

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("setting", ["X_DAILY_POSTS", "X_MONTHLY_POSTS"])
def test_no_run_reads_more_than_the_budget(
    x: FakeX, settings: Settings, setting: str
) -> None:
    setattr(settings, setting, 130)
    follow(x.add_user("ada", posts=90), x.add_user("bea", posts=90))
    for _ in range(2):
        run("refresh_tweets")
        assert x.posts_read() == 130
        assert (spent().posts_today, spent().users_today) == (130, 2)


def test_a_spent_budget_is_said_with_its_end(x: FakeX, settings: Settings) -> None:
    settings.X_DAILY_POSTS, settings.X_MONTHLY_POSTS = 10, 1_000
    now = spent()
    DayOfReading.objects.create(day=timezone.now().date(), posts=10)
    assert now.left() == 10
    assert "10 posts a day (X_DAILY_POSTS) is spent" in spent().why_spent()
    settings.X_DAILY_POSTS = 1_000
    settings.X_MONTHLY_POSTS = 10
    assert "first of the month" in spent().why_spent()


def test_a_rest_too_small_for_a_request_is_spent_too(settings: Settings) -> None:
    settings.X_DAILY_POSTS, settings.X_MONTHLY_POSTS = 10, None
    day = DayOfReading.objects.create(day=timezone.now().date(), posts=5)
    assert not spent().is_spent
    day.posts = 6
    day.save()
    assert spent().is_spent
    assert "6 were read, and X reads at least 5 at once." in spent().why_spent()


@pytest.mark.parametrize("more", [(), ("--check-deleted",), ("--max-posts", "4")])
def test_a_spent_budget_is_no_failure_and_is_said(
    x: FakeX,
    settings: Settings,
    more: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ada = x.add_user("ada", posts=9)
    follow(ada)
    run("refresh_tweets")
    x.post(ada, "one more post")
    User.objects.update(refreshed_at=None)
    if "--max-posts" not in more:
        settings.X_DAILY_POSTS = 9
    call_command("refresh_tweets", *more)
    err = capsys.readouterr().err
    assert ("budget of 9 posts a day" in err) != ("--max-posts is reached" in err)


def test_yesterday_counts_for_the_month_and_last_month_for_nothing(
    settings: Settings,
) -> None:
    settings.X_DAILY_POSTS, settings.X_MONTHLY_POSTS = 100, 150
    today = timezone.now().date()
    first = today.replace(day=1)
    DayOfReading.objects.create(day=first - timedelta(days=1), posts=10_000)
    DayOfReading.objects.create(day=today, posts=20)
    if first != today:
        DayOfReading.objects.create(day=first, posts=100)
    assert spent().left() == (30 if first != today else 80)


def test_a_task_obeys_the_budget_too(x: FakeX, settings: Settings) -> None:
    settings.X_DAILY_POSTS = 20
    follow(x.add_user("ada", posts=90))
    tasks.refresh_users.enqueue([User.objects.get().pk])
    work()
    assert (x.posts_read(), Tweet.objects.count()) == (20, 20)


def test_a_failed_request_costs_nothing(x: FakeX) -> None:
    follow(x.add_user("ada", posts=9))
    x.fail(404)
    with pytest.raises(CommandError):
        run("refresh_tweets")
    assert spent().posts_today == x.posts_read() == 0


def test_what_is_set_aside_is_nobody_elses(settings: Settings) -> None:
    settings.X_DAILY_POSTS = 100
    with reserved(80, 5) as first, reserved(80, 5) as second:
        assert (first.posts, second.posts) == (80, 20)
        with pytest.raises(BudgetSpentError), reserved(80, 5):
            pass
        first.used = 3
    assert spent().posts_today == 3


AT_ONCE = """
from threading import Thread
from django.conf import settings
from django.db import connection
from tweets.x.budget import BudgetSpentError, reserved, spent
settings.X_DAILY_POSTS = 100
granted = []
def read():
    try:
        with reserved(30, 5) as reservation:
            granted.append(reservation.posts)
            reservation.used = reservation.posts
    except BudgetSpentError:
        pass
    finally:
        connection.close()
threads = [Thread(target=read) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(granted), spent().posts_today)
"""


def test_readers_at_once_do_not_overspend(tmp_path: Path) -> None:
    assert Installation(tmp_path).python(AT_ONCE) == "100 100\n"


def test_max_posts_holds_over_a_whole_loop(x: FakeX) -> None:
    ada = x.add_user("ada", posts=12)
    follow(ada)
    run("refresh_tweets", "--loop", "0.01", "--max-posts", "10")
    assert x.posts_read() == 10


def test_imported_users_are_refreshed_only_on_purpose(
    x: FakeX, staff: Client, settings: Settings
) -> None:
    x.add_user("ann", posts=9)
    user = make_user("ann", ["one two three"])
    data = {"action": "refresh", "_selected_action": [user.pk], "confirmed": "yes"}
    page = staff.post(reverse("admin:tweets_user_changelist"), data, follow=True)
    assert "None of these users is followed on X" in page.content.decode()
    staff.post(reverse("tweets:refresh-user", args=["ann"]))
    tasks.refresh_users.enqueue([user.pk])
    work()
    run("refresh_tweets")
    assert x.posts_read() == 0
    run("add_users", "ann")
    run("refresh_tweets")
    assert x.posts_read() == 9


def test_forecasts_know_how_many_posts_x_reported(x: FakeX) -> None:
    follow(x.add_user("ada", posts=9))
    run("add_users", "ada")
    assert forecast(User.objects.all(), Limits()).posts == 800
    User.objects.update(newest_x_id=None, source="file")
    run("add_users", "ada")
    assert forecast(User.objects.all(), Limits()).posts == 9


# Checks of stored posts


def check(*more: str) -> dict[str, int]:
    return dict(json.loads(run("refresh_tweets", "--check-deleted", "--json", *more)))


def test_a_check_forecasts_what_it_asks_about(x: FakeX) -> None:
    follow(x.add_user("ada", posts=30))
    run("refresh_tweets")
    read = x.posts_read()
    expected = check("--dry-run")
    assert (expected["posts"], expected["users"]) == (30, 1)
    assert expected["cost"] == pytest.approx(30 * 0.005)
    assert x.posts_read() == read
    Fetch.objects.update(started_at=timezone.now() - timedelta(days=1))
    assert check("--dry-run")["cost"] == pytest.approx(30 * 0.005 + 0.01)


def test_a_check_goes_on_where_the_budget_ended_and_pays_for_nothing_twice(
    x: FakeX,
) -> None:
    follow(x.add_user("ada", posts=30), x.add_user("bea", posts=30))
    run("refresh_tweets")
    read = spent().posts_today
    for left in (40, 20):
        run("refresh_tweets", "--check-deleted", "--max-posts", "20")
        assert check("--dry-run")["posts"] == left
    assert check()["checked"] == 20
    assert spent().posts_today == read + 60
    assert check("--recheck-days", "6")["checked"] == 0
    assert check()["checked"] == 60


# What a run says that it costs


def test_x_charges_for_a_user_once_a_day_and_so_do_the_counts(x: FakeX) -> None:
    follow(x.add_user("ada", posts=9), x.add_user("bea", posts=9))
    for _ in range(3):
        run("refresh_tweets", "ada", "bea")
        check()
    assert spent().users_today == len([k for k, _ in x.read_ids if k == "user"]) == 2
    assert forecast(User.objects.all(), Limits()).charged == 0
    yesterday = timezone.now() - timedelta(days=1)
    Fetch.objects.update(started_at=yesterday)
    User.objects.update(checked_at=yesterday)
    assert forecast(User.objects.all(), Limits()).charged == 2


def test_a_run_names_what_it_paid_for_users_it_did_not_reach(x: FakeX) -> None:
    follow(x.add_user("ada", posts=4), x.add_user("bea", posts=9))
    User.objects.update(newest_x_id=1)
    report = json.loads(run("refresh_tweets", "--max-posts", "8", "--json"))
    assert (report["users"], report["posts_read"]) == (1, 4)
    assert report["cost"] == pytest.approx(4 * 0.005 + 2 * 0.01)


def test_nobody_is_looked_up_whom_the_budget_cannot_reach(
    x: FakeX, settings: Settings
) -> None:
    settings.X_DAILY_POSTS = 30
    follow(*(x.add_user(f"user{n}", posts=20) for n in range(5)))
    User.objects.update(posts_on_x=20)
    run("refresh_tweets")
    assert (spent().posts_today, spent().users_today) == (30, 2)
    settings.X_DAILY_POSTS = 500
    run("refresh_tweets")
    settings.X_DAILY_POSTS = spent().posts_today + 30
    Fetch.objects.all().delete()
    looked_up = spent().users_today
    assert check()["checked"] == 30
    assert check()["checked"] == 0
    assert spent().users_today == looked_up + 2


def test_what_was_left_unread_is_part_of_the_forecast(x: FakeX) -> None:
    follow(x.add_user("ada", posts=700))
    User.objects.update(posts_on_x=700)
    run("refresh_tweets", "--max-posts", "100")
    User.objects.update(refreshed_at=timezone.now())
    assert forecast(User.objects.all(), Limits()).posts == pytest.approx(600, abs=5)


@pytest.mark.parametrize(
    ("failure", "counted"),
    [({"status": 503}, 0), ({"status": 200, "body": {"data": []}, "cut": True}, 100)],
)
def test_an_answer_that_got_lost_counts_as_read(
    x: FakeX, failure: dict[str, object], counted: int
) -> None:
    """X may have charged for it; a refusal is free."""
    follow(x.add_user("ada", posts=9))
    x.fail(**failure, times=9, on="/tweets")
    with pytest.raises(CommandError):
        run("refresh_tweets")
    assert spent().posts_today == counted


def test_a_check_says_what_it_cost(x: FakeX) -> None:
    follow(x.add_user("ada", posts=9))
    run("refresh_tweets")
    x.delete(x.users[1000].posts[0])
    assert check()["cost"] == pytest.approx(8 * 0.005)
    assert "9 posts checked (about $0.0" not in run("refresh_tweets", "--check-deleted")


def test_a_dry_run_names_what_the_budget_leaves(x: FakeX, settings: Settings) -> None:
    settings.X_DAILY_POSTS = 5
    follow(x.add_user("ada", posts=9))
    assert "The budget leaves 5 posts" in run("refresh_tweets", "--dry-run")
