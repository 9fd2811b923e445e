"""Several processes share a refresh, and the work of a dead one is taken over."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from tests.installation import Installation
from tests.patience import PATIENCE
from tweets import tasks
from tweets.models import Tweet, User
from tweets.tests.cast import make_user
from tweets.tests.fake_x import FakeX
from tweets.tests.test_refresh import follow
from tweets.x import leases
from tweets.x.leases import LEASE, SILENT_AFTER, Held, Lease
from tweets.x.rate_limit_wait import RateLimitWait
from tweets.x.takeover import Takeover

pytestmark = pytest.mark.django_db


@pytest.fixture
def users() -> list[User]:
    return [User.objects.create(handle=f"user{n}") for n in range(5)]


def lease(limit: int = 10) -> Lease:
    found = leases.acquire(User.objects.order_by("pk"), limit)
    assert found
    return found


def acquired(limit: int = 10) -> list[str]:
    found = leases.acquire(User.objects.order_by("pk"), limit)
    return [user.handle for user in found.users] if found else []


def turns(size: int, looks: list[tuple[Held, bool]] | None = None) -> Iterator[Lease]:
    def wait(others: Held, has_worked: bool) -> bool:
        if looks is not None:
            looks.append((others, has_worked))
        return False

    return leases.in_turn(User.objects.order_by("pk"), size, wait)


def taken_ago(seconds: float) -> None:
    """All users were leased by another run, which last answered so long ago."""
    answered = timezone.now() - timedelta(seconds=seconds)
    User.objects.update(claimed_until=answered + LEASE)


def test_two_processes_never_take_the_same_user(users: list[User]) -> None:
    assert acquired(3) == ["user0", "user1", "user2"]
    assert acquired(3) == ["user3", "user4"]
    assert acquired(3) == []


def test_a_released_user_is_free_again(users: list[User]) -> None:
    with lease(5):
        assert acquired() == []
    assert len(acquired()) == 5


def test_a_lease_of_a_killed_run_ends_within_a_minute(users: list[User]) -> None:
    assert timedelta(minutes=1) >= LEASE
    taken_ago(LEASE.total_seconds() - 5)
    assert acquired() == []
    taken_ago(LEASE.total_seconds() + 0.01)
    assert len(acquired()) == 5


def test_an_extended_lease_does_not_expire(users: list[User]) -> None:
    mine = lease(5)
    before = User.objects.get(handle="user0").claimed_until
    mine.extend()
    after = User.objects.get(handle="user0").claimed_until
    assert before
    assert after
    assert after > before
    assert all(mine.holds(user) for user in mine.users)


def test_a_run_that_slept_does_not_take_back_what_others_took(
    users: list[User],
) -> None:
    mine = lease(5)
    taken_ago(3)
    mine.extend()
    with mine:
        assert not any(mine.holds(user) for user in mine.users)
    assert acquired() == []


def test_what_nobody_took_while_a_run_slept_is_still_its_own(
    users: list[User],
) -> None:
    mine = lease(5)
    User.objects.filter(handle="user3").update(claimed_until=timezone.now() + LEASE)
    mine.extend()
    assert [user.handle for user in mine.users if not mine.holds(user)] == ["user3"]


def test_a_lease_from_before_the_clock_was_set_back_expires(users: list[User]) -> None:
    User.objects.update(claimed_until=timezone.now() + timedelta(days=30))
    assert len(acquired()) == 5


def test_each_user_is_tried_once(users: list[User]) -> None:
    tried = [user.handle for batch in turns(2) for user in batch.users]
    assert tried == [f"user{n}" for n in range(5)]


def test_what_others_hold_is_asked_about_last(users: list[User]) -> None:
    taken_ago(40)
    User.objects.filter(handle="user4").update(claimed_until=None)
    looks: list[tuple[Held, bool]] = []
    assert [user.handle for batch in turns(2, looks) for user in batch.users] == [
        "user4"
    ]
    ((others, has_worked),) = looks
    assert (others.users, others.is_silent, has_worked) == (4, True, True)
    assert others.answered.total_seconds() == pytest.approx(40, abs=5)


# What is done about others


def takeover(said: list[str], most: float = 3600) -> Takeover:
    stop = threading.Event()
    stop.wait = lambda seconds=None: False  # type: ignore[method-assign]
    return Takeover(RateLimitWait(most, stop), said.append)


def other(seconds: float) -> Held:
    answered = timedelta(seconds=seconds)
    return Held(12, answered, timezone.now() + LEASE - answered)


def test_a_silent_run_is_waited_for_and_said() -> None:
    said: list[str] = []
    assert takeover(said)(other(40), False)
    (words,) = said
    assert "12 left to a run that has not answered for 40 s; trying again at" in words


def test_a_living_run_is_left_alone() -> None:
    said: list[str] = []
    decide = takeover(said)
    assert not decide(other(3), True)
    assert decide.left == 12
    idle = takeover(said)
    assert idle(other(3), False)
    assert not idle(other(3), False)
    assert not said


def test_nobody_is_waited_for_longer_than_allowed() -> None:
    assert not takeover([], most=1)(other(SILENT_AFTER.total_seconds()), False)


AGED = """
from datetime import timedelta
from django.db.models import F
from tweets import tasks
from tweets.models import Tweet, User
held = User.objects.exclude(claimed_until=None)
held.update(claimed_until=F("claimed_until") - timedelta(seconds=35), refreshed_at=None)
"""


def test_a_run_takes_over_from_a_killed_one(tmp_path: Path) -> None:
    with FakeX() as x:
        people = [x.add_user(f"user{n}", posts=5) for n in range(3)]
        site = Installation(tmp_path, X_BEARER_TOKEN=x.token, X_API_BASE_URL=x.base_url)
        site.run("add_users", *(user.handle for user in people))
        x.fail(None, delay=8, times=1, on="/tweets")
        asked = len(x.requests)
        assert site.kill_when(
            lambda waited: len(x.requests) > asked + 1, "refresh_tweets"
        )
        site.python(AGED)
        run = site.start("refresh_tweets", "--json")
        _, err = run.communicate(timeout=PATIENCE)
        assert run.returncode == 0
        assert "3 left to a run that has not answered for" in err
        assert site.rows("tweets_tweet") == 15


# A run with nothing to do says why


def nothing(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("refresh_tweets", *arguments)
    return capsys.readouterr().err


def test_a_run_with_nothing_to_do_says_why(
    x: FakeX, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "nobody is stored" in nothing(capsys)
    assert "nobody is stored" in nothing(capsys, "--check-deleted")
    make_user("ann", ["one two three"])
    Tweet.objects.update(x_id=None)
    assert "everybody stored comes from files" in nothing(capsys)
    assert "no stored post of theirs has an id" in nothing(
        capsys, "--check-deleted", "--all"
    )
    ada = x.add_user("ada", posts=5)
    follow(ada)
    assert "Nothing to do" not in nothing(capsys)
    assert "refreshed within the last minute" in nothing(capsys)
    assert "Nothing to do" not in nothing(capsys, "--check-deleted")
    assert "checked in the last 6 days" in nothing(
        capsys, "--check-deleted", "--recheck-days", "6"
    )
    User.objects.filter(handle="ada").update(status="suspended")
    assert "X no longer shows the 1" in nothing(capsys)


def test_a_task_says_why_too(x: FakeX, settings: Settings) -> None:
    report = tasks.refresh_users.func([])
    assert "nobody is stored" in report["nothing_to_do"]
