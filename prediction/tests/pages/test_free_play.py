"""Guess who: free play."""

from html import unescape

import pytest
from django.test import Client

from prediction.pages.game.progress import COOKIE
from tweets.models import Tweet, User

pytestmark = pytest.mark.django_db


def begin(client: Client) -> str:
    """Return the address of a new round."""
    return client.get("/guess/free/").headers["Location"]


def test_a_round_stays_at_its_address(client: Client, cast: list[User]) -> None:
    address = begin(client)
    page = client.get(address)
    shown = unescape(page.content.decode())
    assert page.context["round"].tweet.text in shown
    assert "What the model went by" not in page.content.decode()
    assert Client().get(address).context["round"] == page.context["round"]


def test_a_guess_reveals_and_scores_once(client: Client, cast: list[User]) -> None:
    address = begin(client)
    author = client.get(address).context["round"].author
    for _ in range(3):
        page = client.post(address, {"user": author.pk}, follow=True)
    assert "Right! It was" in page.content.decode()
    assert "What the model went by" in page.content.decode()
    score = page.context["progress"].score
    assert (score.rounds, score.visitor) == (1, 1)
    assert "Right! It was" not in Client().get(address).content.decode()


def test_a_wrong_guess_scores_for_nobody_but_the_model(
    client: Client, cast: list[User]
) -> None:
    address = begin(client)
    author = client.get(address).context["round"].author
    wrong = next(user for user in cast if user != author)
    page = client.post(address, {"user": wrong.pk}, follow=True)
    assert "No: it was" in page.content.decode()
    assert page.context["progress"].score.visitor == 0


def test_next_brings_another_round(client: Client, cast: list[User]) -> None:
    address = begin(client)
    author = client.get(address).context["round"].author
    page = client.post(address, {"user": author.pk}, follow=True)
    assert 'href="/guess/free/"' in page.content.decode()
    found = {begin(client) for _ in range(8)}
    assert len(found) > 1
    page = client.get("/guess/free/", follow=True)
    assert page.context["progress"].score.rounds == 1


@pytest.mark.parametrize("user", ["", "0", "x", "\0"])
def test_a_forged_guess_changes_nothing(
    client: Client, cast: list[User], user: str
) -> None:
    page = client.post(begin(client), {"user": user}, follow=True)
    assert page.status_code == 200
    assert COOKIE not in client.cookies


def test_a_round_that_nobody_made_up_is_not_played(
    client: Client, cast: list[User]
) -> None:
    tweet = Tweet.objects.get(pk=Tweet.objects.first().pk)
    ids = "-".join(str(pk) for pk in (tweet.pk, *(user.pk for user in cast)))
    for token in (ids, f"{ids}~forged", "none", "1~"):
        page = client.get(f"/guess/free/{token}/", follow=True)
        assert page.redirect_chain[0][0] == "/guess/free/"
        assert "That round is gone" in page.content.decode()


def test_a_round_with_somebody_unlisted_is_gone(
    client: Client, cast: list[User]
) -> None:
    address = begin(client)
    current = client.get(address).context["round"]
    User.objects.filter(pk=current.suspects[-1].pk).update(is_listed=False)
    page = client.get(address, follow=True)
    assert "That round is gone" in page.content.decode()


def test_free_play_needs_two_users(client: Client, db: None) -> None:
    assert "It takes two people" in client.get("/guess/free/").content.decode()
