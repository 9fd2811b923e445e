"""Hashes that identify a tweet's text, and the time that an X id encodes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tweets.store.identity import digest, gist, moment, position, time_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lit at 18:05 today", "lit at 19:40 TODAY"),
        ("Look https://a.example/x", "look  https://b.example/y"),
        ("Hi @ann, tea?", "Hi @bob, tea?"),
    ],
)
def test_links_mentions_numbers_and_case_make_no_difference(
    one: str, other: str
) -> None:
    assert gist(one) == gist(other)
    assert digest(one) != digest(other)


def test_other_words_make_another_gist() -> None:
    assert gist("Lamp lit") != gist("Lamp out")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", -5426141060434712860),
        (
            "At 18:05, 1.5 m of fog, says @ann: https://a.example/x",
            1485259786190219197,
        ),
        ("STRASSE straße www.b.example 3,000", 4428860237840633693),
    ],
)
def test_hashes_are_those_of_version_1(text: str, stored: int) -> None:
    assert gist(text) == stored


@given(st.text())
def test_hashes_of_any_text_fit_the_database(text: str) -> None:
    assert -(2**63) <= digest(text) < 2**63
    assert -(2**63) <= gist(text) < 2**63


@given(st.datetimes(datetime(2010, 12, 1), datetime(2040, 1, 1)))  # noqa: DTZ001
def test_an_id_encodes_its_time(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
    assert time_of(position(None, moment)) == moment


def test_a_day_alone_gives_way_to_the_time_of_the_id() -> None:
    posted = datetime(2020, 6, 1, 15, 20, tzinfo=UTC)
    day, x_id = posted.replace(hour=0, minute=0), position(None, posted)
    assert moment(x_id, day) == moment(x_id, None) == posted
    assert moment(None, day) == moment(20, day) == day
    other = datetime(2021, 6, 1, tzinfo=UTC)
    assert moment(x_id, other) == other
    assert moment(x_id, posted.replace(hour=9)) == posted.replace(hour=9)


def test_old_ids_encode_no_time() -> None:
    assert time_of(20) is None
    assert time_of(None) is None
