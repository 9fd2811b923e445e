"""Striking out words of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prediction.serving import predictor
from prediction.serving.evidence.struck import parse_spans, strike_out
from tweets.models import User

LAMP = "Log. Wind SW 6, lamp lit. The gull is back."


@pytest.mark.django_db
def test_the_rest_is_answered_as_if_it_had_been_asked(cast: list[User]) -> None:
    result = predictor.predict(cast, LAMP)
    found = strike_out(result, [(5, 16)], style_only=False)
    assert found
    assert found.rest
    assert found.rest.text == "Log. lamp lit. The gull is back."
    asked = predictor.predict(cast, found.rest.text)
    assert found.rest == asked


@pytest.mark.django_db
def test_nothing_may_be_left(cast: list[User]) -> None:
    result = predictor.predict(cast, LAMP)
    found = strike_out(result, [(0, len(LAMP))], style_only=False)
    assert found
    assert found.rest is None
    assert strike_out(result, [], style_only=False) is None


@given(st.lists(st.text(max_size=12) | st.from_regex(r"\d{1,4}-\d{1,4}")))
def test_any_spans_are_read_or_left_out(written: list[str]) -> None:
    spans = parse_spans(written, LAMP)
    ends = [end for _, end in spans]
    assert all(start < end <= len(LAMP) for start, end in spans)
    assert all(start >= end for (start, _), end in zip(spans[1:], ends, strict=False))
