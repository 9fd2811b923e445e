"""Several processes share a refresh, and the work of a dead one is taken over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tweets.models import User
from tweets.x import leases

pytestmark = pytest.mark.django_db


@pytest.fixture
def users() -> list[User]:
    return [User.objects.create(handle=f"user{n}") for n in range(5)]


def acquired(limit: int = 10) -> list[str]:
    return [user.handle for user in leases.acquire(User.objects.all(), limit)]


def test_two_processes_never_take_the_same_user(users: list[User]) -> None:
    assert acquired(3) == ["user0", "user1", "user2"]
    assert acquired(3) == ["user3", "user4"]
    assert acquired(3) == []


def test_the_least_recently_refreshed_is_taken_first(users: list[User]) -> None:
    User.objects.exclude(handle="user3").update(refreshed_at=timezone.now())
    assert acquired(1) == ["user3"]


def test_a_released_user_is_free_again(users: list[User]) -> None:
    leases.release(leases.acquire(User.objects.all(), 5))
    assert len(acquired()) == 5


def test_an_expired_lease_is_taken_over(users: list[User]) -> None:
    acquired()
    long_ago = timezone.now() - timedelta(seconds=1)
    User.objects.filter(handle="user2").update(claimed_until=long_ago)
    assert acquired() == ["user2"]


def test_an_extended_lease_does_not_expire(users: list[User]) -> None:
    mine = leases.acquire(User.objects.all(), 5)
    User.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    leases.extend(mine)
    assert acquired() == []


def test_a_lease_from_before_the_clock_was_set_back_expires(users: list[User]) -> None:
    User.objects.update(claimed_until=timezone.now() + timedelta(days=30))
    assert len(acquired()) == 5


def test_a_user_refreshed_in_this_round_is_not_read_again(
    users: list[User],
) -> None:
    start = timezone.now()
    User.objects.filter(handle="user1").update(refreshed_at=start)
    batches = leases.in_turn(User.objects.all(), start, 10)
    assert "user1" not in [user.handle for user in next(batches)]


def test_a_user_whose_refresh_failed_is_not_tried_again(users: list[User]) -> None:
    tried = []
    for batch in leases.in_turn(User.objects.all(), timezone.now(), 2):
        tried += [user.handle for user in batch]
        leases.release(batch)
    assert sorted(tried) == [f"user{n}" for n in range(5)]
