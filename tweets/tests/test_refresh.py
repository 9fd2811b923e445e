"""Refreshing from X, against a real server on loopback that acts as X."""

import json
from typing import Any

import pytest
from django.utils import timezone

from common.models import AuditEntry
from tests.commands import run
from tweets.models import Fetch, Gap, Tweet, User
from tweets.tests.fake_x import FakeUser, FakeX, RateLimit
from tweets.x.api.client import XClient
from tweets.x.rate_limit_wait import RateLimitWait
from tweets.x.refresh import Refresh, RefreshReport
from tweets.x.session import Limits, Session

pytestmark = pytest.mark.django_db


def follow(*users: FakeUser) -> None:
    for user in users:
        User.objects.create(handle=user.handle, source=User.Source.X)


def refresh(x: FakeX, max_wait: float = 0, **limits: Any) -> RefreshReport:
    """Run over all users, whether they were just refreshed or not."""
    client = XClient(x.token, x.base_url, timeout=5, retries=1)
    session = Session(client, RateLimitWait(max_wait, tick=0.05), Limits(**limits))
    try:
        return Refresh(session).run(User.objects.order_by("pk"), timezone.now())
    finally:
        client.close()


def stored(handle: str = "ada") -> list[int]:
    tweets = Tweet.objects.filter(user__handle=handle).order_by("position", "id")
    return list(tweets.values_list("x_id", flat=True))


def test_it_reads_a_whole_timeline(x: FakeX) -> None:
    ada = x.add_user("ada", posts=250)
    follow(ada)
    report = refresh(x)
    assert stored() == ada.ids()
    assert (report.users, report.posts_read, report.stored) == (1, 250, 250)
    user = User.objects.get()
    assert (user.x_id, user.newest_x_id, user.tweet_count) == (
        ada.x_id,
        ada.ids()[-1],
        250,
    )
    assert not Gap.objects.exists()


def test_the_next_run_reads_only_what_is_new(x: FakeX) -> None:
    ada = x.add_user("ada", posts=150)
    follow(ada)
    refresh(x)
    x.post(ada, "something new and nice")
    report = refresh(x)
    assert (report.posts_read, report.stored) == (1, 1)
    assert stored() == ada.ids()


def test_retweets_and_replies_are_left_out(x: FakeX) -> None:
    ada = x.add_user("ada", posts=3)
    x.post(ada, "@bob no", reply_to=5)
    x.post(ada, "RT @bob: yes", retweet_of=6)
    follow(ada)
    refresh(x)
    assert len(stored()) == 3
    User.objects.update(newest_x_id=None)
    refresh(x, include_replies=True)
    assert len(stored()) == 4


def test_long_posts_come_in_full_with_entities_as_characters(x: FakeX) -> None:
    ada = x.add_user("ada")
    x.post(ada, "Tea &amp; fog…", long_text="Tea &amp; fog " + "and more " * 60)
    follow(ada)
    refresh(x)
    text = Tweet.objects.get().text
    assert text.startswith("Tea & fog and more")
    assert len(text) > 500


def test_a_budget_is_never_overrun_and_the_rest_comes_next_time(x: FakeX) -> None:
    ada, bob = x.add_user("ada", posts=120), x.add_user("bob", posts=120)
    follow(ada, bob)
    for _ in range(20):
        report = refresh(x, max_posts=33)
        assert report.posts_read <= 33
    assert stored("ada") == ada.ids()
    assert stored("bob") == bob.ids()


def test_the_least_recently_refreshed_comes_first(x: FakeX) -> None:
    people = [x.add_user(name, posts=10) for name in ("ada", "bob", "cem")]
    follow(*people)
    User.objects.filter(handle="ada").update(refreshed_at=timezone.now())
    refresh(x, max_posts=20)
    assert not stored("ada")
    assert len(stored("bob")) == len(stored("cem")) == 10


def test_a_gap_is_closed_after_newer_posts_too(x: FakeX) -> None:
    ada = x.add_user("ada", posts=300)
    follow(ada)
    refresh(x, max_posts=100)
    assert Gap.objects.count() == 1
    for number in range(150):
        x.post(ada, f"later post number {number}")
    refresh(x, max_posts=100)
    assert Gap.objects.count() == 2
    refresh(x)
    assert stored() == ada.ids()
    assert not Gap.objects.exists()


def test_a_connection_cut_in_the_middle_loses_nothing(x: FakeX) -> None:
    ada = x.add_user("ada", posts=350)
    follow(ada)
    for _ in range(4):
        refresh(x, max_posts=100)
        x.fail(200, cut=True, on="/tweets")
        assert "ada" in refresh(x).failures
    assert stored() == ada.ids()


def test_a_new_handle_is_followed_by_id(x: FakeX) -> None:
    ada = x.add_user("ada", posts=5)
    follow(ada)
    refresh(x)
    ada.handle = "lovelace"
    bob = x.add_user("ada", posts=2)
    refresh(x)
    assert User.objects.get(x_id=ada.x_id).handle == "lovelace"
    follow(bob)
    refresh(x)
    assert len(stored("ada")) == 2


def test_two_users_may_swap_handles(x: FakeX) -> None:
    ada, bob = x.add_user("ada", posts=1), x.add_user("bob", posts=1)
    follow(ada, bob)
    refresh(x)
    ada.handle, bob.handle = "bob", "ada"
    refresh(x)
    assert User.objects.get(x_id=ada.x_id).handle == "bob"
    assert User.objects.get(x_id=bob.x_id).handle == "ada"


@pytest.mark.parametrize(
    ("state", "status"),
    [("protected", "protected"), ("suspended", "suspended"), ("gone", "not_found")],
)
def test_a_user_whom_x_does_not_show_does_not_end_the_run(
    x: FakeX, state: str, status: str
) -> None:
    hidden, ada = x.add_user("hidden", posts=4), x.add_user("ada", posts=4)
    follow(hidden, ada)
    refresh(x)
    hidden.state = state
    x.post(ada, "one more for the road")
    report = refresh(x)
    assert User.objects.get(x_id=hidden.x_id).status == status
    assert report.statuses == {status: 1}
    assert not report.ended_early
    assert len(stored()) == 5
    hidden.state = "active"
    refresh(x)
    assert User.objects.get(x_id=hidden.x_id).status == "active"


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"title": "Unauthorized"}, "X_BEARER_TOKEN"),
        (402, {"title": "CreditsDepleted"}, "credits"),
        (403, {"reason": "client-not-enrolled"}, "plan"),
        (429, {"title": "UsageCapExceeded", "period": "Monthly"}, "monthly cap"),
    ],
)
def test_an_error_that_staff_must_solve_ends_the_run(
    x: FakeX, status: int, body: dict[str, str], words: str
) -> None:
    people = [x.add_user(f"user{n}", posts=3) for n in range(4)]
    follow(*people)
    x.fail(status, body=body, times=99, on="/tweets")
    report = refresh(x)
    assert words in report.ended_early
    assert sum("/tweets" in seen.path for seen in x.requests) <= 2
    assert Fetch.objects.get().outcome == Fetch.Outcome.FAILED


def test_a_full_window_is_waited_for(x: FakeX) -> None:
    people = [x.add_user(f"user{n}", posts=3) for n in range(4)]
    follow(*people)
    x.limits["timeline"] = RateLimit(2, seconds=1)
    report = refresh(x, max_wait=20)
    assert report.users == 4
    assert not report.ended_early


def test_waiting_is_capped(x: FakeX) -> None:
    follow(x.add_user("ada", posts=3))
    x.limits["timeline"] = RateLimit(0, seconds=900)
    report = refresh(x, max_wait=1)
    assert "429" in report.ended_early


def test_without_a_reset_time_it_backs_off(x: FakeX) -> None:
    follow(x.add_user("ada", posts=3))
    x.fail(429, body={"title": "Too Many Requests"}, times=99, on="/tweets")
    report = refresh(x, max_wait=0.2)
    assert report.ended_early
    assert len(x.requests) <= 3


def test_one_user_that_fails_does_not_stop_the_others(x: FakeX) -> None:
    people = [x.add_user(f"user{n}", posts=3) for n in range(3)]
    follow(*people)
    x.fail(200, body="<html>hello</html>", on="/tweets")
    report = refresh(x)
    assert list(report.failures) == ["user0"]
    assert report.users == 2


def test_the_run_ends_early_when_x_is_down(x: FakeX) -> None:
    people = [x.add_user(f"user{n}", posts=3) for n in range(30)]
    follow(*people)
    x.fail(503, times=999, on="/tweets")
    report = refresh(x)
    assert "not available" in report.ended_early
    assert len(report.failures) == 5


def test_a_reached_cap_says_when_it_is_reset(x: FakeX) -> None:
    follow(x.add_user("ada", posts=3))
    cap = {"title": "UsageCapExceeded", "period": "Monthly"}
    x.fail(429, body=cap)
    assert "It is reset on day" in refresh(x).ended_early


def test_both_spellings_of_the_fields_are_read(x: FakeX) -> None:
    x.spelling = "post"
    ada = x.add_user("ada", posts=2)
    x.post(ada, "short…", long_text="long " * 90)
    follow(ada)
    refresh(x)
    assert Tweet.objects.filter(text__startswith="long long").exists()


def test_a_missing_field_ends_the_run(x: FakeX) -> None:
    x.withheld = {"created_at"}
    follow(x.add_user("ada", posts=2))
    assert "created_at" in refresh(x).ended_early
    assert not Tweet.objects.exists()


def test_every_attempt_is_recorded(x: FakeX) -> None:
    follow(x.add_user("ada", posts=7))
    refresh(x)
    fetch = Fetch.objects.get()
    assert (fetch.outcome, fetch.posts_read, fetch.tweets_stored) == ("done", 7, 7)
    assert fetch.finished_at is not None


def test_a_killed_attempt_is_marked_as_stopped(x: FakeX) -> None:
    follow(x.add_user("ada", posts=1))
    killed = Fetch.objects.create(user=User.objects.get())
    refresh(x)
    killed.refresh_from_db()
    assert killed.outcome == Fetch.Outcome.STOPPED


def test_the_dry_run_sends_no_request(x: FakeX) -> None:
    follow(x.add_user("ada", posts=7))
    report = json.loads(run("refresh_tweets", "--dry-run", "--json"))
    assert (report["users"], report["most_posts"]) == (1, 800)
    assert report["highest_cost"] == pytest.approx(800 * 0.005 + 0.01)
    assert len(x.requests) == 0


def test_the_command_reports_what_it_did(x: FakeX) -> None:
    follow(x.add_user("ada", posts=7))
    report = json.loads(run("refresh_tweets", "--json"))
    assert (report["users"], report["posts_read"], report["stored"]) == (1, 7, 7)


def test_the_usage_comes_from_x(x: FakeX) -> None:
    follow(x.add_user("ada", posts=7))
    refresh(x)
    assert json.loads(run("refresh_tweets", "--usage", "--json"))["project_usage"] == 7


def test_posts_that_x_no_longer_shows_are_deleted(x: FakeX) -> None:
    ada = x.add_user("ada", posts=130)
    follow(ada)
    refresh(x)
    x.delete(ada.posts[0])
    x.delete(ada.posts[100])
    report = json.loads(run("refresh_tweets", "--check-deleted", "--json"))
    removed = {"not_found": 2}
    assert (report["checked"], report["removed"]) == (130, removed)
    assert report["hidden"] == {}
    assert stored() == ada.ids()
    assert User.objects.get().tweet_count == 128


def test_each_run_has_one_entry_in_the_audit(x: FakeX) -> None:
    ada, _ = (x.add_user(name, posts=7) for name in ("ada", "bob"))
    run("add_users", "ada", "bob")
    run("refresh_tweets")
    x.delete(ada.posts[0])
    run("refresh_tweets", "--check-deleted")
    found = AuditEntry.objects.order_by("pk").values_list("action", "target", "counts")
    assert list(found) == [
        ("followed on X", "@ada", {}),
        ("followed on X", "@bob", {}),
        ("refreshed from X", "", {"users": 2, "posts_read": 14, "tweets": 14}),
        ("tweets deleted", "@ada", {"tweets": 1}),
        ("checked against X", "", {"users": 2, "posts_read": 13}),
    ]
