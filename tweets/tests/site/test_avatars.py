"""The initials in a user's avatar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tweets.pages.avatars import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Osric Tallow", "OT"),
        ("Ann B. Carter", "AC"),
        ("night_owl", "NO"),
        ("SenSchumer", "SS"),
        ("edsheeran", "E"),
        ("noor (nights)", "N"),
        ("🚀🚀", "?"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(st.characters(), max_size=50))
def test_any_name_gives_letters(name: str) -> None:
    assert 1 <= len(initials(name)) <= 4
