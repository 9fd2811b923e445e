"""Each mark says why, from the tweets that are stored."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from prediction.serving import predictor
from prediction.serving.evidence.change import with_change
from prediction.serving.evidence.why import whys, whys_json
from prediction.serving.saved import restore, save
from prediction.templatetags.evidence import because, changes, rate
from tweets.models import User
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast

pytestmark = pytest.mark.django_db
TEXT = "Log. Wind SW 4, lamp lit. UP THE PLUMS!!!"


@pytest.fixture
def cast() -> list[User]:
    return make_cast()


def test_every_mark_is_explained_by_tweets_that_have_it(cast: list[User]) -> None:
    result = predictor.predict(cast, TEXT)
    found = whys(result)
    assert [why.evidence for why in found[: len(result.evidence)]] == list(
        result.evidence
    )
    assert any(why.reasons for why in found)
    for why in found:
        if why.evidence:
            assert why.speaker.handle == why.evidence.toward
            assert f"“{why.evidence.text}” speaks" in because(why)
        assert why.rival != why.speaker
        assert {t.user for t in why.tweets} <= {why.speaker}
        assert {t.user for t in why.rival_tweets} <= {why.rival}
        for reason in why.reasons[:1]:
            if not reason.is_habit:
                assert all(reason.name.lower() in t.text.lower() for t in why.tweets)
            assert f"of @{why.speaker.handle}’s tweets" in because(why)


def test_marks_for_and_against_are_compared_with_each_other(cast: list[User]) -> None:
    result = predictor.predict(cast, TEXT)
    for why in whys(result):
        against = why.evidence is not None and why.evidence.weight < 0
        assert why.is_against == against
        assert (result.favourite.user in (why.rival, why.speaker)) or not against


def test_the_text_itself_is_not_counted(cast: list[User]) -> None:
    stored = cast[0].tweets.newest_first()[0].text
    for why in whys(predictor.predict(cast, stored)):
        assert stored not in [tweet.text for tweet in (*why.tweets, *why.rival_tweets)]


def test_counting_reads_each_persons_tweets_once(
    cast: list[User], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    result = predictor.predict(cast, TEXT)
    with django_assert_max_num_queries(len(cast)):
        whys(result)
    with django_assert_max_num_queries(0):
        whys(result)


def test_programs_get_the_same(cast: list[User]) -> None:
    result = with_change(predictor.predict(cast, TEXT))
    answer = whys_json(result, None, style_only=False)
    json.dumps(answer)
    assert set(answer) == set(result.as_json())
    for item, why in zip(answer["evidence"], whys(result), strict=False):
        assert item["why"] == why.as_json()["why"]
        assert {tweet["handle"] for tweet in item["tweets"]} <= {KEEPER, FAN, CRITIC}


def test_a_change_is_kept_with_a_saved_answer(cast: list[User]) -> None:
    result = with_change(predictor.predict(cast, TEXT))
    assert result.change is not None
    without = TEXT.replace(result.change.text, "").strip()
    assert predictor.predict(cast, without).best.user.handle == result.change.predicted
    assert result.change.text in changes(result.change)
    saved = save(result, style_only=False, account=AnonymousUser())
    assert restore(saved).change == result.change
    # Answers of earlier versions know of no change.
    del saved.result["change"]
    for found in saved.result["evidence"]:
        found.pop("strength")
    assert restore(saved).change is None
    assert restore(saved).evidence == result.evidence


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "none"), (0.0004, "under 0.1%"), (0.004, "0.4%"), (0.12, "12%"), (1, "100%")],
)
def test_rates_have_the_digits_they_deserve(share: float, said: str) -> None:
    assert rate(share) == said
