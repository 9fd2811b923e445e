"""What would change the answer is exact: the fewest words, really taken out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.engine.insight.change import SHORT, Change, without
from prediction.engine.insight.units import words
from prediction.engine.models.group import Group
from prediction.tests.engine.voices import VOICES, group_of

GROUP = group_of(VOICES)
PIECES = [
    "Fog again.",
    "lads!!!",
    "#COYB",
    "(two stars)",
    "so",
    "the lamp",
    "猫だ",
    "\n",
]
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map(" ".join)
MIXED = "Fog again tonight. The wind has turned, lads!!! #COYB"


def change(text: str, group: Group = GROUP) -> Change | None:
    (answer,) = group.predict([text], explain=True)
    assert answer.explanation is not None
    return group.change(text, answer.explanation)


def winner(text: str) -> int:
    return GROUP.predict([text])[0].predicted


@given(texts)
@settings(max_examples=40, deadline=None)
def test_without_it_somebody_else_wins_and_nothing_shorter_does(text: str) -> None:
    found, bounds, before = change(text), words(text), winner(text)
    if found:
        assert (
            winner(without(text, found.start, found.end)) == found.predicted != before
        )
        assert found.is_smallest
    most = sum(1 for s, e in bounds if found and found.start <= s < found.end)
    for size in range(1, most if found else len(bounds)):
        for first in range(len(bounds) - size + 1):
            span = bounds[first][0], bounds[first + size - 1][1]
            assert winner(without(text, *span)) == before


def test_of_two_halves_the_one_that_decides_is_found() -> None:
    found = change(MIXED)
    assert found is not None
    assert winner(MIXED) != found.predicted
    piece = MIXED[found.start : found.end]
    assert piece == piece.strip() != ""


def test_nothing_changes_it_where_all_members_are_alike_or_there_is_one_word() -> None:
    twins = Group([GROUP.signatures[0]] * 3, GROUP.idf)
    assert change(VOICES["keeper"][0], twins) is None
    assert change("Fog", GROUP) is None


def test_for_long_texts_the_search_is_bounded_and_says_so() -> None:
    text = " ".join(VOICES["keeper"] + VOICES["fan"] * 2)[:4_000]
    assert len(text) > SHORT
    tried = []

    class Counting(Group):
        def favourites(self, texts, style_only=False):  # type: ignore[no-untyped-def]
            tried.extend(texts)
            return super().favourites(texts, style_only)

    found = change(text, Counting(GROUP.signatures, GROUP.idf, GROUP.calibration))
    assert found is None or not found.is_smallest
    assert sum(map(len, tried)) < 320_000


@pytest.mark.parametrize(
    ("text", "taken", "left"),
    [
        ("one two three", "two", "one three"),
        ("one two three", "one", "two three"),
        ("one two three", "two three", "one"),
        ("one\ntwo\nthree", "two", "one\nthree"),
        ("one two\nthree", "two", "one\nthree"),
        ("one\ntwo three", "two", "one\nthree"),
        ("猫が好き", "が", "猫好き"),
    ],
)
def test_taking_words_out_leaves_one_blank(text: str, taken: str, left: str) -> None:
    start = text.index(taken)
    assert without(text, start, start + len(taken)) == left


@given(st.text(max_size=60))
def test_words_have_no_blanks_around_them_and_leave_only_blanks_out(text: str) -> None:
    found = words(text)
    assert all(text[s:e] == text[s:e].strip() != "" for s, e in found)
    assert "".join(text[s:e] for s, e in found) == "".join(text.split())
