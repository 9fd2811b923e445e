"""What is typical of how somebody writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tweets.habits import HABITS, manner


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        ("so it goes #again", "uses hashtags"),
        ("so it goes 🌊", "uses emoji"),
        ("so it goes", "ends without a full stop"),
        ("so it goes", "writes without any capital letter"),
        ("So it GOES.", "shouts a WORD"),
        ("Really?!", "piles up exclamation or question marks"),
        ("One\ntwo", "breaks the line"),
    ],
)
def test_a_habit_is_seen(text: str, habit: str) -> None:
    assert manner([text]).shares[habit] == 1


@pytest.mark.parametrize("habit", ["shouts a WORD", "names a number", "uses hashtags"])
def test_a_link_is_no_habit(habit: str) -> None:
    text = "Look at https://example.org/ABC/123 here."
    assert manner([text]).shares[habit] == 0


@given(st.lists(st.text(st.characters(), max_size=80), max_size=5))
def test_any_texts_have_a_manner(texts: list[str]) -> None:
    found = manner(texts)
    assert set(found.shares) == set(HABITS)
    assert all(0 <= share <= 1 for share in found.shares.values())
