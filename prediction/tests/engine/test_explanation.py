"""An explanation is exact, readable, and about the text as typed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.engine.calibration.temperature import Softmax
from prediction.engine.features import ngrams
from prediction.engine.insight.explanation import (
    MAX_SPANS,
    Explanation,
    gather,
    spread,
)
from prediction.engine.models.group import Group
from prediction.tests.engine.voices import NAMES, VOICES, group_of

GROUP = group_of(VOICES)
texts = st.one_of(
    st.text(st.characters(), max_size=100),
    st.lists(st.sampled_from(VOICES["fan"] + VOICES["critic"]), max_size=4).map(
        " ".join
    ),
)


def explained(group: Group, text: str, style_only: bool = False) -> Explanation:
    (answer,) = group.predict([text], style_only, explain=True)
    assert answer.explanation is not None
    return answer.explanation


@given(texts, st.booleans())
@settings(max_examples=60, deadline=None)
def test_weights_add_up_to_the_difference(text: str, style_only: bool) -> None:
    found = explained(GROUP, text, style_only)
    softmax = GROUP.calibration.softmax
    scores = GROUP.decision_function([text], style_only)[0] / softmax.temperature
    logits = scores + np.array(softmax.offsets)
    assert found.difference == pytest.approx(
        logits[found.winner] - logits[found.runner_up], abs=1e-4
    )
    total = sum(span.weight for span in found.spans) + found.rest
    assert total == pytest.approx(found.difference, abs=1e-6)


@given(texts)
@settings(max_examples=60, deadline=None)
def test_spans_are_few_separate_and_in_reading_order(text: str) -> None:
    spans = explained(GROUP, text).spans
    assert len(spans) <= MAX_SPANS
    bounds = [edge for span in spans for edge in (span.start, span.end)]
    assert bounds == sorted(bounds)
    for each in spans:
        assert each.text == text[each.start : each.end] != ""
        assert each.text == each.text.strip()


@given(texts)
@settings(max_examples=40, deadline=None)
def test_every_features_share_reaches_the_characters(text: str) -> None:
    if not text.strip("\x00"):
        return
    columns = ngrams.transform([text]).indices
    shares = np.linspace(-1, 2, len(columns))
    found = ngrams.locate(text).occurrences
    weights = spread(len(text), found, columns, shares)
    covered = np.isin(columns, found.column[found.end > found.start])
    assert weights.sum() == pytest.approx(shares[covered].sum(), abs=1e-6)


def test_words_that_only_one_member_uses_speak_for_that_member(group: Group) -> None:
    keeper, fan = NAMES.index("keeper"), NAMES.index("fan")
    text = "Fog again tonight. The wind has turned, so it is #matchday"
    found = explained(group, text)
    assert found.winner == keeper
    assert any(span.toward == keeper and "Fog" in span.text for span in found.spans)
    tag = [span for span in found.spans if "#matchday" in span.text]
    assert all(span.weight < 0 for span in tag) or found.runner_up != fan


def test_an_answer_is_the_same_with_and_without_its_explanation(group: Group) -> None:
    texts = [VOICES["fan"][-1], "", "Fog at @noon 12"]
    for style_only in (False, True):
        plain = group.predict(texts, style_only)
        for text, answer in zip(texts, plain, strict=True):
            (alone,) = group.predict([text], style_only, explain=True)
            assert alone.order == answer.order
            assert alone.probabilities == pytest.approx(answer.probabilities, abs=1e-5)
            assert alone.none_of_these.flag == answer.none_of_these.flag


def test_positions_can_be_renumbered(group: Group) -> None:
    found = explained(group, VOICES["fan"][-1])
    moved = found.renumbered([7, 8, 9])
    assert (moved.winner, moved.runner_up) == (found.winner + 7, found.runner_up + 7)
    assert [s.toward for s in moved.spans] == [s.toward + 7 for s in found.spans]
    assert moved.rest == found.rest


def test_neighbouring_words_for_one_member_become_one_span() -> None:
    text = "good words here, bad"
    weights = np.array([1.0] * 16 + [-2.0] * 4)
    found = gather(text, weights, 4, 2)
    assert [(each.text, each.toward) for each in found] == [
        ("good words here,", 4),
        ("bad", 2),
    ]


def test_of_too_many_spans_the_weakest_are_left_out() -> None:
    words = [f"word{number:02}" for number in range(2 * MAX_SPANS)]
    text = " ".join(words)
    weights = np.zeros(len(text))
    for number, word in enumerate(words):
        start = text.index(word)
        weights[start : start + len(word)] = (-1) ** number * (1 + number)
    found = {each.text for each in gather(text, weights, 0, 1)}
    assert found == set(words[MAX_SPANS:])


def test_weights_are_divided_by_the_temperature(group: Group) -> None:
    softmax = group.calibration.softmax
    twice = Softmax(2 * softmax.temperature, tuple(b / 2 for b in softmax.offsets))
    warmer = replace(group.calibration, softmax=twice)
    text = VOICES["critic"][-1]
    usual = explained(group, text)
    halved = explained(Group(group.signatures, group.idf, warmer), text)
    assert halved.difference == pytest.approx(usual.difference / 2)
    assert [span.weight for span in halved.spans] == pytest.approx(
        [span.weight / 2 for span in usual.spans], rel=1e-4
    )
