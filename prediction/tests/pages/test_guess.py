"""Guess who: the daily ten."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from prediction.models import Signature
from prediction.pages.game.progress import COOKIE, SALT, Guess, Progress
from prediction.serving import predictor
from prediction.serving.game.daily import ROUNDS, Slot, next_round
from prediction.serving.game.model_guess import model_guess
from prediction.serving.game.rounds import Round
from prediction.serving.map.style_map import neighbours
from prediction.training import signatures
from prediction.training.eligible import eligible_texts
from tweets.models import Tweet, User
from tweets.tests.cast import make_user, texts_of

DAY = date(2026, 11, 24)
Travel = Callable[[date], None]


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Travel:
    """Sets today's date."""

    def to(day: date) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: noon)

    return to


def rounds_of(day: date) -> list[Round]:
    played: list[Slot] = []
    found = []
    while (current := next_round(day, played)) is not None:
        played.append(current[0])
        found.append(current[1])
    return found


def answer(client: Client, current: Round, user: User, day: date | None = None) -> str:
    """Guess; return the page that follows."""
    data = {
        "day": (day or timezone.localdate()).isoformat(),
        "tweet": current.tweet.pk,
        "user": user.pk,
    }
    return client.post("/guess/answer/", data, follow=True).content.decode()


def play(client: Client, times: int = ROUNDS) -> None:
    """Guess right so many times."""
    for _ in range(times):
        current = client.get("/guess/").context["round"]
        answer(client, current, current.author)


@pytest.mark.django_db
def test_the_tweet_is_one_no_scoring_model_saw(cast: list[User]) -> None:
    for current in rounds_of(DAY):
        left = Signature.objects.get(user=current.author).held_out_count
        assert current.author in current.suspects
        assert current.tweet.text in eligible_texts(current.author.pk)[-left:]


@pytest.mark.django_db
def test_the_model_is_often_right(cast: list[User]) -> None:
    rounds = [*rounds_of(DAY), *rounds_of(DAY + timedelta(days=1))]
    right = sum(model_guess(current).user == current.author for current in rounds)
    assert right > len(rounds) / 2


@pytest.mark.django_db
def test_the_model_that_guesses_never_saw_the_tweet(cast: list[User]) -> None:
    current = rounds_of(DAY)[0]
    having_read = {
        candidate.user: candidate.score
        for candidate in predictor.predict(cast, current.tweet.text).candidates
    }
    guess = model_guess(current)
    assert guess.best.score != having_read[guess.user]


@pytest.mark.django_db
def test_the_ten_are_the_same_for_everybody_and_others_tomorrow(
    cast: list[User],
) -> None:
    today = rounds_of(DAY)
    assert len(today) == ROUNDS
    assert len({current.tweet for current in today}) == ROUNDS
    assert rounds_of(DAY) == today
    assert rounds_of(DAY + timedelta(days=1)) != today
    # Nobody has a second turn before everybody had a first.
    assert {current.author for current in today[:3]} == set(cast)


@pytest.mark.django_db
def test_suspects_are_those_who_write_alike() -> None:
    for number in range(2):
        for handle in ("gullrock_keeper", "VesperOnFilm", "PlumstoneTilDie"):
            texts = texts_of(handle, 80)[40 * number :][:40]
            make_user(f"{handle[:8]}{number}", texts)
    signatures.build(User.objects.all())
    for current in rounds_of(DAY):
        others = {user for user in current.suspects if user != current.author}
        assert others == set(neighbours(current.author, 3))


@pytest.mark.django_db
def test_who_is_unlisted_takes_no_part_and_other_rounds_stay(cast: list[User]) -> None:
    make_user("quiet_roll", texts_of("quietrollplease", 40))
    before = rounds_of(DAY)
    gone = before[0].author
    User.objects.filter(pk=gone.pk).update(is_listed=False)
    after = rounds_of(DAY)
    assert all(gone not in current.suspects for current in after)
    kept = [current.tweet for current in before if current.author != gone]
    assert [current.tweet for current in after if current.tweet in kept] == kept


@pytest.mark.django_db
def test_the_author_is_hidden_until_the_guess(client: Client, cast: list[User]) -> None:
    page = client.get("/guess/")
    assert page.context["round"].tweet.text[:20]
    revealed = {"Right! It was", "No: it was"}
    assert not [words for words in revealed if words in page.content.decode()]
    assert "guess" not in page.context
    assert client.get("/guess/").context["round"] == page.context["round"]
    assert Client().get("/guess/").context["round"] == page.context["round"]


@pytest.mark.django_db
def test_looking_on_stores_nothing_and_a_guess_only_a_cookie_of_the_game(
    client: Client, cast: list[User]
) -> None:
    for address in ("/guess/", "/guess/free/"):
        client.get(address, follow=True)
    assert set(client.cookies) == {"csrftoken"}
    play(client, 1)
    assert set(client.cookies) == {"csrftoken", COOKIE}
    kept = client.cookies[COOKIE]
    assert (kept["path"], kept["samesite"]) == ("/guess/", "Lax")
    assert kept["httponly"]
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_guess_reveals_the_truth_the_model_and_its_evidence(
    client: Client, cast: list[User]
) -> None:
    current = client.get("/guess/").context["round"]
    page = answer(client, current, current.author)
    assert "Right! It was" in page
    assert "The model said" in page
    assert "% sure" in page
    assert '<mark class="for' in page
    assert 'aria-label="Round 1: right"' in page


@pytest.mark.django_db
def test_a_wrong_guess_says_who_it_was(client: Client, cast: list[User]) -> None:
    current = client.get("/guess/").context["round"]
    wrong = next(user for user in cast if user != current.author)
    page = answer(client, current, wrong)
    assert f"No: it was <strong>@{current.author.handle}</strong>" in page
    assert 'aria-label="Round 1: wrong"' in page


@pytest.mark.django_db
def test_a_round_counts_once(client: Client, cast: list[User]) -> None:
    current = client.get("/guess/").context["round"]
    for _ in range(3):
        said = answer(client, current, current.author)
        assert "no longer part" not in said
    page = client.get("/guess/")
    assert len(page.context["progress"].guesses) == 1
    assert page.context["round"].tweet != current.tweet


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forged",
    [
        {"user": ""},
        {"user": "0"},
        {"user": "x"},
        {"user": "\0"},
        {"tweet": "x"},
        {"tweet": "9" * 40},
        {"day": "today"},
    ],
)
def test_a_forged_guess_changes_nothing(
    client: Client, cast: list[User], forged: dict[str, str]
) -> None:
    current = client.get("/guess/").context["round"]
    data = {
        "day": timezone.localdate().isoformat(),
        "tweet": current.tweet.pk,
        "user": current.author.pk,
    }
    page = client.post("/guess/answer/", data | forged, follow=True)
    assert page.status_code == 200
    assert COOKIE not in client.cookies


@pytest.mark.django_db
def test_a_tweet_that_is_gone_gives_way_to_another(
    client: Client, cast: list[User]
) -> None:
    current = client.get("/guess/").context["round"]
    Tweet.objects.filter(pk=current.tweet.pk).delete()
    assert client.get("/guess/").context["round"].tweet != current.tweet
    assert "no longer part of today’s ten" in answer(client, current, current.author)


@pytest.mark.django_db
def test_a_played_round_whose_people_are_gone_still_counts(
    client: Client, cast: list[User]
) -> None:
    current = client.get("/guess/").context["round"]
    answer(client, current, current.author)
    User.objects.filter(pk=current.author.pk).update(is_listed=False)
    page = client.get("/guess/?round=1").content.decode()
    assert "Your point still counts" in page
    assert current.author.handle not in page
    assert current.tweet.text not in page


@pytest.mark.django_db
def test_a_played_round_whose_tweet_is_gone_shows_no_other(
    client: Client, cast: list[User]
) -> None:
    current = client.get("/guess/").context["round"]
    answer(client, current, current.author)
    Tweet.objects.filter(pk=current.tweet.pk).delete()
    User.objects.mark_changed([current.author.pk])
    page = client.get("/guess/?round=1")
    assert "Your point still counts" in page.content.decode()
    assert "round" not in page.context


def test_a_day_is_counted_once() -> None:
    finished = Progress(day=DAY).with_day_finished()
    assert finished.streak == 1
    assert finished.with_day_finished() == finished


@pytest.mark.django_db
def test_a_guess_from_yesterday_says_that_a_new_day_has_begun(
    client: Client, cast: list[User]
) -> None:
    current = client.get("/guess/").context["round"]
    day = timezone.localdate() - timedelta(days=1)
    assert "A new day has begun" in answer(client, current, current.author, day)
    assert COOKIE not in client.cookies


@pytest.mark.django_db
def test_days_in_a_row_are_counted_and_a_day_missed_starts_again(
    client: Client, cast: list[User], travel: Travel
) -> None:
    streaks = []
    for days in (0, 1, 2, 4):
        travel(DAY + timedelta(days=days))
        play(client)
        streaks.append(client.get("/guess/").context["result"].streak)
    assert streaks == [1, 2, 3, 1]
    travel(DAY + timedelta(days=5))
    page = client.get("/guess/")
    assert page.context["progress"].streak_now == 1
    assert not page.context["progress"].guesses


@pytest.mark.django_db
def test_a_game_needs_two_users(client: Client, db: None) -> None:
    assert "It takes two people" in client.get("/guess/").content.decode()


KEYS = st.integers(1, 2**63 - 1)
GUESSES = st.builds(Guess, KEYS, KEYS, st.booleans(), st.booleans())


@given(
    st.lists(
        st.tuples(st.builds(Slot, KEYS, st.integers(0, 19)), GUESSES), max_size=10
    ),
    st.lists(GUESSES, max_size=30),
    st.integers(0, 10_000),
)
def test_what_was_played_comes_back_and_fits_in_a_cookie(
    daily: list[tuple[Slot, Guess]], free: list[Guess], streak: int
) -> None:
    progress = Progress(day=DAY, streak=streak, finished=DAY)
    for slot, guess in daily:
        progress = progress.with_daily(slot, guess)
    for guess in free:
        progress = progress.with_free(guess)
    kept, request = kept_as_cookie(progress)
    assert len(kept) < 3_000
    assert Progress.of(request, DAY) == progress


def kept_as_cookie(progress: Progress) -> tuple[str, HttpRequest]:
    request, response = RequestFactory().get("/guess/"), HttpResponse()
    progress.keep(request, response)
    kept = response.cookies[COOKIE].value
    request.COOKIES[COOKIE] = kept
    return kept, request


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "eyJkYXkiOm51bGx9:1abcde:forged",
        signing.dumps({"day": "2026-11-24"}, salt=SALT),
        signing.dumps([1], salt=SALT),
        signing.dumps({"day": None}, salt="another"),
    ],
    ids=["none", "plain", "forged", "incomplete", "a list", "of another page"],
)
def test_a_cookie_that_is_none_of_ours_is_a_fresh_start(
    client: Client, cast: list[User], forged: str
) -> None:
    client.cookies[COOKIE] = forged
    page = client.get("/guess/")
    assert page.status_code == 200
    assert page.context["progress"].guesses == ()
