"""Links, mentions, numbers and words in texts, and which texts are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.texts import count_different, same_text_key, word_count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("https://example.org/a/b?c @somebody", 0),
        ("Fog again.", 2),
        ("don't re-read it", 3),
        ("#Storm 12 metres!", 3),
        ("霧が出た", 4),
        ("🌊🌊🌊 !!!", 0),
        ("mail me at a@b.example", 6),
    ],
)
def test_links_and_mentions_are_no_words(text: str, words: int) -> None:
    assert word_count(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It weighs 1.5 million tons", "It weighs 15 million tons"),
        ("Open 9:30, bring 1,000 pens", "Open 18, bring 2 pens"),
        ("Look https://a.example/x", "look  www.b.example/y"),
        ("Thanks @ann", "thanks @bob"),
    ],
)
def test_numbers_links_mentions_and_case_make_no_other_text(
    one: str, other: str
) -> None:
    assert same_text_key(one) == same_text_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fog again", "Fog, again"),
        ("Hi @ann, tea?", "Hi ann, tea?"),
        ("mail me at a@b.example", "mail me at a@c.example"),
        ("wwwhat is this", "is this"),
    ],
)
def test_other_words_or_punctuation_make_another_text(one: str, other: str) -> None:
    assert same_text_key(one) != same_text_key(other)


def test_texts_that_share_half_of_their_words_count_once() -> None:
    posts = [
        f"{sky}, {degrees} degrees here" for sky in ("Sun", "Fog") for degrees in (1, 2)
    ]
    assert count_different(posts, most=10) == 1
    assert count_different([*posts, "One lamp lit tonight", "1 2 3"], most=10) == 2


@given(st.lists(st.text(), max_size=8), st.integers(1, 4))
def test_no_more_texts_differ_than_there_are_kinds(texts: list[str], most: int) -> None:
    found = count_different(texts * 2, most)
    assert found == count_different(texts, most) <= min(most, len(set(texts)))
