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


def taken(limit: int = 10) -> list[str]:
    return [user.handle for user in leases.claim(User.objects.all(), limit)]


def test_two_processes_never_take_the_same_user(users: list[User]) -> None:
    assert taken(3) == ["user0", "user1", "user2"]
    assert taken(3) == ["user3", "user4"]
    assert taken(3) == []


def test_the_least_recently_refreshed_is_taken_first(users: list[User]) -> None:
    User.objects.exclude(handle="user3").update(refreshed_at=timezone.now())
    assert taken(1) == ["user3"]


def test_a_released_user_is_free_again(users: list[User]) -> None:
    leases.release(leases.claim(User.objects.all(), 5))
    assert len(taken()) == 5


def test_a_claim_that_ran_out_is_taken_over(users: list[User]) -> None:
    taken()
    long_ago = timezone.now() - timedelta(seconds=1)
    User.objects.filter(handle="user2").update(claimed_until=long_ago)
    assert taken() == ["user2"]


def test_a_claim_that_is_kept_does_not_run_out(users: list[User]) -> None:
    mine = leases.claim(User.objects.all(), 5)
    User.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    leases.keep(mine)
    assert taken() == []


def test_a_claim_of_a_clock_set_back_does_not_hold_for_ever(users: list[User]) -> None:
    User.objects.update(claimed_until=timezone.now() + timedelta(days=30))
    assert len(taken()) == 5


def test_whoever_was_refreshed_in_this_round_is_left_alone(users: list[User]) -> None:
    start = timezone.now()
    User.objects.filter(handle="user1").update(refreshed_at=start)
    batches = leases.in_turn(User.objects.all(), start, 10)
    assert "user1" not in [user.handle for user in next(batches)]


def test_who_could_not_be_refreshed_is_not_tried_for_ever(users: list[User]) -> None:
    tried = []
    for batch in leases.in_turn(User.objects.all(), timezone.now(), 2):
        tried += [user.handle for user in batch]
        leases.release(batch)
    assert sorted(tried) == [f"user{n}" for n in range(5)]
