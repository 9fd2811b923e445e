"""Reasons are counted, clear, and about the passage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.engine.insight.reasons import Counts

OWN = ["the lamp is lit", "a lamp, at dusk", "quiet night"] * 10
OTHERS = ["WE WON!", "lampshade sale", "a quiet day"] * 10
TEXT = "The lamp is out! NASA, see #lamp and https://lamp.example"


def names(counts: Counts, passage: str, style_only: bool = False) -> list[str]:
    start = TEXT.index(passage)
    found = counts.reasons(TEXT, start, start + len(passage), style_only)
    return [reason.name for reason in found]


def test_words_are_counted_whole_and_in_any_case() -> None:
    counts = Counts(OWN, OTHERS)
    start = TEXT.index("lamp")
    (word, *_) = counts.reasons(TEXT, start, start + 4)
    assert (word.name, word.is_habit) == ("lamp", False)
    assert (word.share, word.share_of_others) == (20 / 30, 0)
    assert {OWN[n] for n in word.tweets} == set(OWN[:2])
    assert word.tweets_of_others == ()


def test_what_others_do_as_often_is_no_reason() -> None:
    assert names(Counts(OWN, OTHERS + 3 * OWN), "lamp") == []
    assert names(Counts(OWN, [*OTHERS, "the lamp"] * 9), "out") == []


def test_once_is_not_enough() -> None:
    assert names(Counts(["out now", *OWN], OTHERS), "out") == []


def test_habits_are_named_where_they_show() -> None:
    shouting = Counts(["so GREAT", "VERY good"] * 9, ["so great", "very good"] * 9)
    assert names(shouting, "NASA") == ["shouts a word in capitals"]
    assert names(shouting, "lamp") == []


def test_what_the_whole_text_shows_is_no_reason_for_a_part() -> None:
    short, long = ["short one"] * 9, ["a long one " * 8] * 9
    counts = Counts(short, long)
    assert names(counts, "lamp") == []
    (found,) = counts.overall("quite short")
    assert found.name == "stays under 50 characters"


def test_shouted_words_are_counted_as_they_stand() -> None:
    quiet = Counts(["at nasa now", "for nasa, so"] * 9, OTHERS)
    assert "NASA" not in names(quiet, "NASA")
    loud = Counts(["at NASA now", "for NASA, so"] * 9, OTHERS)
    assert "NASA" in names(loud, "NASA")


def test_what_was_masked_or_is_a_link_is_no_reason() -> None:
    tags = Counts(["see #lamp"] * 9, OTHERS)
    assert names(tags, "#lamp")[0] == "#lamp"
    assert "#lamp" not in names(tags, "#lamp", style_only=True)
    links = Counts(["see https://lamp.example"] * 9, OTHERS)
    assert names(links, "https://lamp.example")[0].endswith("link")


def test_without_others_there_is_nothing_to_compare() -> None:
    assert names(Counts(OWN, []), "lamp") == []
    assert names(Counts([], OTHERS), "lamp") == []


@given(st.text(max_size=60), st.text(max_size=60), st.data())
@settings(max_examples=60, deadline=None)
def test_any_passage_of_any_text_can_be_explained(
    text: str, other: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    counts = Counts([text] * 3, [other])
    for reason in [*counts.reasons(text, start, end), *counts.overall(text)]:
        assert 0 <= reason.share_of_others < reason.share <= 1
        assert all(n < 3 for n in reason.tweets)
