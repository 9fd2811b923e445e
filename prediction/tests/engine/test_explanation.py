"""An explanation is exact, readable, and about the text as it was typed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.engine.features.ngrams import featurise, read
from prediction.engine.insight.explanation import MAX_SPANS, gather, spread
from prediction.engine.models.group import Group
from prediction.tests.engine.voices import VOICES, group_of

GROUP = group_of(VOICES)
texts = st.one_of(
    st.text(st.characters(), max_size=100),
    st.lists(st.sampled_from(VOICES["fan"] + VOICES["critic"]), max_size=4).map(
        " ".join
    ),
)


@given(texts, st.booleans())
@settings(max_examples=60, deadline=None)
def test_weights_add_up_to_the_difference(text: str, style_only: bool) -> None:
    found = GROUP.explain(text, style_only)
    first, second = np.sort(GROUP.scores([text], style_only)[0])[::-1][:2]
    assert found.difference == pytest.approx(
        GROUP.measured.sharpness * (first - second), abs=1e-4
    )
    total = sum(each.weight for each in found.evidence) + found.rest
    assert total == pytest.approx(found.difference, abs=1e-6)


@given(texts)
@settings(max_examples=60, deadline=None)
def test_spans_are_few_apart_and_in_reading_order(text: str) -> None:
    evidence = GROUP.explain(text).evidence
    assert len(evidence) <= MAX_SPANS
    bounds = [edge for each in evidence for edge in (each.start, each.end)]
    assert bounds == sorted(bounds)
    for each in evidence:
        assert each.text == text[each.start : each.end] != ""
        assert each.text == each.text.strip()


@given(texts)
@settings(max_examples=40, deadline=None)
def test_every_features_share_reaches_the_characters(text: str) -> None:
    if not text.strip("\x00"):
        return
    columns = featurise([text]).indices
    shares = np.linspace(-1, 2, len(columns))
    found = read(text).occurrences
    weights = spread(len(text), found, columns, shares)
    covered = np.isin(columns, found.column[found.end > found.start])
    assert weights.sum() == pytest.approx(shares[covered].sum(), abs=1e-6)


def test_words_that_only_one_uses_speak_for_that_one(group: Group) -> None:
    found = group.explain("Fog again tonight. The wind has turned, so it is #matchday")
    assert found.winner == "keeper"
    assert any(
        each.toward == "keeper" and "Fog" in each.text for each in found.evidence
    )
    tag = [each for each in found.evidence if "#matchday" in each.text]
    assert all(each.weight < 0 for each in tag) or found.runner_up != "fan"


def test_neighbours_of_one_mind_become_one_span() -> None:
    text = "good words here, bad"
    weights = np.array([1.0] * 16 + [-2.0] * 4)
    found = gather(text, weights, "ann", "bob")
    assert [(each.text, each.toward) for each in found] == [
        ("good words here,", "ann"),
        ("bad", "bob"),
    ]


def test_of_too_many_spans_the_weakest_are_left_out() -> None:
    words = [f"word{number:02}" for number in range(2 * MAX_SPANS)]
    text = " ".join(words)
    weights = np.zeros(len(text))
    for number, word in enumerate(words):
        start = text.index(word)
        weights[start : start + len(word)] = (-1) ** number * (1 + number)
    found = {each.text for each in gather(text, weights, "one", "other")}
    assert found == set(words[MAX_SPANS:])
