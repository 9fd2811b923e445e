"""An explanation is exact, readable, and about the text as typed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.engine.calibration.temperature import Softmax
from prediction.engine.features import ngrams
from prediction.engine.features.masking import masked
from prediction.engine.insight.explanation import (
    LEAST_WEIGHT,
    MAX_SPANS,
    Contrast,
    Explanation,
    gather,
    spread,
)
from prediction.engine.insight.units import units
from prediction.engine.models.answer import Answer
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


def contrast(group: Group, scores: np.ndarray, answer: Answer) -> float:
    """The winner's score less the others' mean by their probabilities."""
    logits = scores / group.calibration.softmax.temperature
    logits = logits + np.array(group.calibration.softmax.offsets)
    rest = np.array(answer.probabilities)
    rest[answer.predicted] = 0
    return float(logits[answer.predicted] - logits @ (rest / rest.sum()))


def assert_adds_up(group: Group, answer: Answer, texts: list[str], style: bool) -> None:
    """Check that marks and all other characters add up to the difference of scores."""
    trust = group._measure(texts, style)[1].trust()
    scores = group.decision_function(texts, style)
    assert len(answer.explanations) == len(texts)
    for text, row, trusted, found in zip(
        texts, scores, trust, answer.explanations, strict=True
    ):
        expected = trusted * contrast(group, row, answer)
        assert found.difference == pytest.approx(expected, abs=2e-3, rel=1e-3)
        total = sum(span.weight for span in found.spans) + found.rest
        assert total == pytest.approx(found.difference, abs=1e-6)
        assert found.weights.shape == (len(text),)
        for span in found.spans:
            within = found.weights[span.start : span.end].sum()
            assert span.weight == pytest.approx(within, abs=1e-6)


@given(texts, st.booleans())
@settings(max_examples=60, deadline=None)
def test_weights_add_up_to_the_winner_against_the_rest(
    text: str, style_only: bool
) -> None:
    (answer,) = GROUP.predict([text], style_only, explain=True)
    assert_adds_up(GROUP, answer, [text], style_only)


@given(st.lists(texts, min_size=1, max_size=4), st.booleans())
@settings(max_examples=30, deadline=None)
def test_weights_of_several_texts_add_up_together(
    several: list[str], style_only: bool
) -> None:
    answer = GROUP.predict_together(several, style_only, explain=True)
    plain = GROUP.predict_together(several, style_only)
    assert answer.probabilities == plain.probabilities
    assert_adds_up(GROUP, answer, several, style_only)


@given(texts)
@settings(max_examples=60, deadline=None)
def test_without_text_as_a_whole_the_characters_are_the_difference(text: str) -> None:
    """What no character shows is the biases, and what covers all of the text."""
    found = explained(GROUP, text)
    softmax = GROUP.calibration.softmax
    (answer,) = GROUP.predict([text])
    factors = -np.array(answer.probabilities)
    factors[answer.predicted] = 0
    factors /= -factors.sum() or 1
    factors[answer.predicted] = 1
    raw, places = ngrams.locate(text)
    parts_of_text = {c for c, s, e in zip(*places, strict=True) if e - s < len(text)}
    local = parts_of_text if len(units(text)) >= 4 else set(places.column)
    row = GROUP.idf.transform(raw)
    kept = np.isin(row.indices, list(local))
    weights = np.stack([s.model.weights_of(row.indices) for s in GROUP.signatures])
    trust = GROUP._measure([text], False)[1].trust()[0]
    parts = trust / softmax.temperature * row.data * (factors @ weights)
    if masked(text, style_only=False):
        assert found.weights.sum() == pytest.approx(parts[kept].sum(), abs=2e-3)


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
    (tag,) = [span for span in found.spans if "#matchday" in span.text]
    assert (tag.toward, tag.weight < 0) == (fan, True)


def test_a_mark_against_names_who_gains_most_by_it_and_not_the_runner_up() -> None:
    likely = Contrast.of(np.array([3.0, 2.0, 1.9]))
    assert likely.winner == 0
    assert likely.factors.sum() == pytest.approx(0)
    assert likely.factors[1] < likely.factors[2] < 0
    assert likely.rival(np.array([0.0, 0.2, 1.0])) == 2
    # Nobody hears of somebody who is out of the question.
    unlikely = Contrast.of(np.array([3.0, 2.0, -20.0]))
    assert unlikely.rival(np.array([0.0, 0.2, 1.0])) == 1


def test_the_rest_of_the_group_counts_even_where_the_winner_is_certain() -> None:
    certain = Contrast.of(np.array([2_000.0, 1.0, 1.0, -50.0]))
    assert certain.factors == pytest.approx([1, -0.5, -0.5, 0])


def test_nothing_is_marked_where_all_members_are_alike(group: Group) -> None:
    twins = Group([group.signatures[0]] * 3, group.idf)
    for text in VOICES["keeper"][:3]:
        assert explained(twins, text).spans == ()


def test_nothing_is_marked_where_nothing_is_familiar(group: Group) -> None:
    for text in ("Съешь ещё этих мягких французских булок", "今日はとても良い天気です"):
        (answer,) = group.predict([text], explain=True)
        assert answer.none_of_these.flag
        assert answer.explanation is not None
        assert answer.explanation.spans == ()


def test_an_answer_is_the_same_with_and_without_its_explanation(group: Group) -> None:
    texts = [VOICES["fan"][-1], "", "Fog at @noon 12"]
    for style_only in (False, True):
        plain = group.predict(texts, style_only)
        for text, answer in zip(texts, plain, strict=True):
            (alone,) = group.predict([text], style_only, explain=True)
            assert alone.order == answer.order
            assert alone.probabilities == pytest.approx(answer.probabilities, abs=1e-5)
            assert alone.none_of_these.flag == answer.none_of_these.flag


def test_neighbouring_words_for_one_side_become_one_span() -> None:
    text = "good words here, bad"
    weights = np.array([1.0] * 16 + [-2.0] * 4)
    found = gather(text, weights)
    assert [(text[s:e], weight) for s, e, weight in found] == [
        ("good words here,", 16),
        ("bad", -6),
    ]


def test_a_span_does_not_begin_with_the_end_of_a_sentence() -> None:
    text = "it is. Glad (so) ..."
    weights = np.array([-1.0] * 5 + [1.0] * 6 + [-1.0] * 5 + [1.0] * 4)
    assert [text[s:e] for s, e, _ in gather(text, weights)] == [
        "it is",
        "Glad",
        "(so)",
        "...",
    ]


def test_spans_stay_short_enough_to_say_something() -> None:
    text = "one two three four five six seven"
    assert [text[s:e] for s, e, _ in gather(text, np.ones(len(text)))] == [
        "one two three four",
        "five six seven",
    ]


def test_of_too_many_spans_the_weakest_are_left_out() -> None:
    words = [f"word{number:02}" for number in range(2 * MAX_SPANS)]
    text = " ".join(words)
    weights = np.zeros(len(text))
    for number, word in enumerate(words):
        start = text.index(word)
        weights[start : start + len(word)] = (-1) ** number * (1 + number)
    found = {text[s:e] for s, e, _ in gather(text, weights)}
    assert found == set(words[MAX_SPANS:])


def test_weak_spans_are_left_out() -> None:
    text = "strong weak"
    weights = np.array([1.0] * 6 + [0] + [0.05] * 4)
    assert [text[s:e] for s, e, _ in gather(text, weights)] == ["strong"]
    assert gather(text, weights * LEAST_WEIGHT / 6.1) == []


@given(texts)
def test_units_cover_a_text_and_cut_no_word(text: str) -> None:
    found = units(text)
    assert "".join(text[start:end] for start, end in found) == text
    assert all(start < end for start, end in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("don’t!!! stop", ["don’t", "!!!", " ", "stop"]),
        ("#ok @ann 👩‍👩‍👧🎉", ["#ok", " ", "@ann", " ", "👩‍👩‍👧🎉"]),
        ("हिन्दी में", ["हिन्दी", " ", "में"]),
        ("猫が好き。", ["猫", "が", "好", "き", "。"]),
        ("see https://a.example/b?c", ["see", " ", "https://a.example/b?c"]),
    ],
)
def test_units_are_what_people_read(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in units(text)] == expected


def test_weights_are_divided_by_the_temperature(group: Group) -> None:
    def pair(temperature: float) -> Group:
        """Two members: the rest of the group stays the same."""
        softmax = Softmax(temperature)
        fitted = replace(group.calibration, softmax=softmax)
        return Group(group.signatures[:2], group.idf, fitted)

    text = VOICES["critic"][-1]
    usual, halved = explained(pair(0.7), text), explained(pair(1.4), text)
    assert halved.difference == pytest.approx(usual.difference / 2)
    assert halved.weights == pytest.approx(usual.weights / 2, abs=1e-4)
