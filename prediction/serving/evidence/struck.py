"""The answer to a text without some of its words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prediction.engine.insight.change import without
from prediction.serving import predictor
from prediction.serving.question import QuestionError, clean_text
from prediction.serving.result import Result

MOST = 20
SPAN = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)
Span = tuple[int, int]


@dataclass(frozen=True)
class Struck:
    """Spans that are struck out, and the answer to the rest, if anything is left."""

    spans: tuple[Span, ...]
    rest: Result | None


def parse_spans(written: Iterable[str], text: str) -> list[Span]:
    """Read spans such as "12-20", from left to right; what does not fit is left out."""
    found = []
    for match in map(SPAN.fullmatch, written):
        start, end = (int(match[1]), int(match[2])) if match else (0, 0)
        if start < end <= len(text):
            found.append((start, end))
    kept: list[Span] = []
    for start, end in sorted(set(found)):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept[:MOST]


def strike_out(
    result: Result, spans: Sequence[Span], *, style_only: bool
) -> Struck | None:
    """Answer the same question without these spans; None if there are none."""
    if not spans:
        return None
    text = result.text
    for start, end in reversed(spans):
        text = without(text, start, end)
    try:
        rest = predictor.predict(
            result.members,
            clean_text(text),
            engine=result.engine,
            style_only=style_only,
        )
    except QuestionError:
        return Struck(tuple(spans), None)
    return Struck(tuple(spans), rest)
