"""Guess who: the game."""

import pytest
from django.test import Client

from prediction.models import Signature
from prediction.serving import predictor
from prediction.serving.game.rounds import model_guess, new_round
from prediction.training.eligible import eligible_texts
from tweets.models import Tweet, User

pytestmark = pytest.mark.django_db


def test_the_tweet_is_one_no_scoring_model_saw(cast: list[User]) -> None:
    for _ in range(5):
        tweet, users = new_round() or pytest.fail("no round")
        left = Signature.objects.get(user=tweet.user).held_out_count
        assert tweet.user in users
        assert tweet.text in eligible_texts(tweet.user_id)[-left:]


def test_the_model_is_often_right(cast: list[User]) -> None:
    rounds = [new_round() or pytest.fail("no round") for _ in range(20)]
    right = sum(model_guess(*game).user == game[0].user for game in rounds)
    assert right > 10


def test_the_author_is_hidden_until_the_guess(client: Client, cast: list[User]) -> None:
    page = client.get("/guess/")
    assert page.context["tweet"].text[:20]
    revealed = {"Right! It was", "No: it was"}
    assert not [words for words in revealed if words in page.content.decode()]
    assert "guess" not in page.context or page.context["guess"] is None
    assert client.get("/guess/").context["tweet"] == page.context["tweet"]


def test_a_guess_reveals_and_scores(client: Client, cast: list[User]) -> None:
    author = client.get("/guess/").context["tweet"].user
    page = client.post("/guess/answer/", {"user": author.pk}, follow=True)
    assert "Right! It was" in page.content.decode()
    assert page.context["score"]["rounds"] == 1
    assert page.context["score"]["visitor"] == 1


def test_a_wrong_guess_says_who_it_was(client: Client, cast: list[User]) -> None:
    author = client.get("/guess/").context["tweet"].user
    wrong = next(user for user in cast if user != author)
    page = client.post("/guess/answer/", {"user": wrong.pk}, follow=True)
    assert "No: it was" in page.content.decode()
    assert page.context["score"]["visitor"] == 0


def test_a_round_counts_once(client: Client, cast: list[User]) -> None:
    author = client.get("/guess/").context["tweet"].user
    for _ in range(3):
        page = client.post("/guess/answer/", {"user": author.pk}, follow=True)
    assert page.context["score"]["rounds"] == 1


def test_next_brings_another_round(client: Client, cast: list[User]) -> None:
    author = client.get("/guess/").context["tweet"].user
    client.post("/guess/answer/", {"user": author.pk})
    page = client.post("/guess/next/", follow=True)
    assert page.context["guess"] is None
    assert page.context["score"]["rounds"] == 1


@pytest.mark.parametrize("user", ["", "0", "x", "\0"])
def test_a_forged_guess_changes_nothing(
    client: Client, cast: list[User], user: str
) -> None:
    client.get("/guess/")
    page = client.post("/guess/answer/", {"user": user}, follow=True)
    assert page.status_code == 200
    assert page.context["score"] is None


def test_a_tweet_that_is_gone_starts_a_new_round(
    client: Client, cast: list[User]
) -> None:
    gone = client.get("/guess/").context["tweet"]
    Tweet.objects.filter(pk=gone.pk).delete()
    assert client.get("/guess/").context["tweet"] != gone


def test_a_game_needs_two_users(client: Client, db: None) -> None:
    assert "It takes two people" in client.get("/guess/").content.decode()


def test_the_model_that_guesses_never_saw_the_tweet(cast: list[User]) -> None:
    tweet, users = new_round() or pytest.fail("no round")
    having_read = {
        candidate.user: candidate.score
        for candidate in predictor.predict(users, tweet.text).candidates
    }
    guess = model_guess(tweet, users)
    assert guess.score != having_read[guess.user]
