"""What may be asked, and what bad input gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prediction.serving.game.rounds import free_round
from prediction.serving.question import (
    LISTED,
    QuestionError,
    UnknownUsersError,
    choose_everyone,
    choose_group,
    clean_text,
)
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast, make_user

TEN = [f"this is number {word} of ten" for word in "abcdefghij"]


@pytest.fixture
def people(db: None) -> None:
    make_user("Ann", TEN)
    make_user("bob", TEN)
    make_user("few", TEN[:3])
    make_user("hidden", TEN, is_listed=False)


def refused(handles: list[str]) -> str:
    with pytest.raises(QuestionError) as caught:
        choose_group(handles, LISTED)
    return caught.value.message


@pytest.mark.usefixtures("people")
def test_a_group_keeps_the_order_asked() -> None:
    group = choose_group(["bob", "@ANN", "bob"], LISTED)
    assert [user.handle for user in group] == ["bob", "Ann"]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("handles", [[], ["ann"]])
def test_two_users_are_needed(handles: list[str]) -> None:
    assert refused(handles) == "Pick at least two users"


@pytest.mark.usefixtures("people")
def test_a_user_named_twice_counts_once() -> None:
    assert refused(["ann", "ANN"]) == "Pick at least two different users"


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("forged", ["nobody", "hidden", "x' OR 1=1 --", "\0", "\ud800"])
def test_unknown_unlisted_and_forged_handles_get_one_answer(forged: str) -> None:
    with pytest.raises(UnknownUsersError):
        choose_group(["ann", forged], LISTED)


@pytest.mark.usefixtures("people")
def test_too_few_tweets_are_refused_with_both_numbers() -> None:
    assert refused(["ann", "few"]) == (
        "Too few eligible tweets: @few has 3; 10 are needed"
    )


@pytest.mark.usefixtures("people")
def test_everyone_means_everyone_with_enough_tweets() -> None:
    assert {u.handle for u in choose_everyone(LISTED)} == {"Ann", "bob"}


@pytest.mark.django_db
def test_everyone_on_an_empty_site_is_refused() -> None:
    with pytest.raises(QuestionError):
        choose_everyone(LISTED)


@pytest.mark.parametrize(
    "blank", ["", "  \n\t", "\0\0", "\u200b\u2060", "\u202e \ufeff"]
)
def test_a_text_without_visible_characters_is_refused(blank: str) -> None:
    with pytest.raises(QuestionError, match="Enter a tweet"):
        clean_text(blank)


def test_a_text_over_the_limit_is_refused_with_the_limit() -> None:
    assert len(clean_text("a" * 5_000)) == 5_000
    with pytest.raises(QuestionError, match="5,000 characters; this has 5,001"):
        clean_text("a" * 5_001)


@given(st.text(st.characters(), max_size=400))
def test_any_text_is_cleaned_or_refused(raw: str) -> None:
    try:
        text = clean_text(raw)
    except QuestionError:
        return
    assert "\0" not in text
    text.encode("utf-8")
    assert clean_text(text) == text


@pytest.mark.django_db
def test_everyone_is_without_those_who_repeat_one_text() -> None:
    make_cast(20)
    make_user(
        "fountain", [f"THE FOUNTAIN IN THE SQUARE IS {x}" for x in "abcdefghijkl"]
    )
    everyone = choose_everyone(LISTED)
    assert [user.handle for user in everyone] == [KEEPER, FAN, CRITIC]
    picked = choose_group(["fountain", KEEPER], LISTED)
    assert [user.handle for user in picked] == ["fountain", KEEPER]
    for _ in range(5):
        found = free_round() or pytest.fail("no round")
        assert {user.handle for user in found.suspects} == {KEEPER, FAN, CRITIC}


@pytest.mark.usefixtures("people")
def test_where_everybody_repeats_one_text_everyone_is_all() -> None:
    assert [user.handle for user in choose_everyone(LISTED)] == ["Ann", "bob"]
