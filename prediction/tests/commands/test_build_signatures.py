"""`manage.py build_signatures`."""

import pytest

from prediction.models import Background
from tests.commands import refused, run
from tweets.models import User
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_user

pytestmark = pytest.mark.django_db
HANDLES = (KEEPER, CRITIC, FAN)


@pytest.mark.usefixtures("cast")
def test_build_signatures_builds_stale_ones_and_then_none() -> None:
    assert "3 signatures built" in run("build_signatures", "--jobs", 1)
    assert "0 signatures built" in run("build_signatures", "--jobs", 1)
    assert "1 signatures built" in run("build_signatures", KEEPER, "--jobs", 1)


@pytest.mark.usefixtures("cast")
def test_rebuilding_all_switches_to_a_new_version() -> None:
    run("build_signatures", "--jobs", 1)
    before = Background.objects.get().pk
    run("build_signatures", "--all", "--jobs", 1)
    background = Background.objects.get()
    assert background.pk != before
    assert background.is_current
    assert background.signatures.count() == 3


@pytest.mark.usefixtures("cast")
def test_a_killed_rebuild_is_resumed() -> None:
    from prediction.training import backgrounds, signatures
    from prediction.training.tweet_features import TweetFeatures

    run("build_signatures", "--jobs", 1)
    begun = backgrounds.prepare_background(TweetFeatures())
    signatures.build_one(User.objects.get(handle=KEEPER).pk, begun.pk, TweetFeatures())
    assert "2 signatures built" in run("build_signatures", "--all", "--jobs", 1)
    assert Background.objects.get().pk == begun.pk


def test_build_signatures_needs_two_users() -> None:
    assert "Fewer than two users" in str(refused("build_signatures"))


@pytest.mark.usefixtures("cast")
def test_unknown_handles_are_named() -> None:
    assert "nobody" in str(refused("build_signatures", "nobody"))


@pytest.mark.usefixtures("cast")
def test_users_with_too_few_tweets_are_named() -> None:
    make_user("newcomer", ["one two three"])
    message = str(refused("build_signatures", KEEPER, "newcomer"))
    assert "@newcomer has 1; 10 are needed" in message
    assert refused("build_signatures", "--jobs", 0).returncode == 2
    assert "Not everybody" in str(refused("build_vectors", KEEPER, "newcomer"))
