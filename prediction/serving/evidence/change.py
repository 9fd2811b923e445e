"""What would change an answer: the fewest words without which somebody else wins."""

from collections.abc import Sequence
from dataclasses import replace

from prediction.engine.models.group import Group
from prediction.engine.models.large_group import LargeGroup
from prediction.serving.loader import ComposedGroup, compose
from prediction.serving.predictor import ENGINE
from prediction.serving.result import Change, Result


def with_change(result: Result, *, style_only: bool = False) -> Result:
    """Return the answer with what would change it, where anything speaks for it."""
    if result.engine != ENGINE:
        return result
    return with_changes(compose(result.members), [result], style_only=style_only)[0]


def with_changes(
    composed: ComposedGroup[Group | LargeGroup],
    results: Sequence[Result],
    *,
    style_only: bool = False,
) -> list[Result]:
    """Return the answers of one group, each with what would change it."""
    return [
        replace(result, change=_change(composed, result.text, style_only))
        if result.evidence
        else result
        for result in results
    ]


def _change(
    composed: ComposedGroup[Group | LargeGroup], text: str, style_only: bool
) -> Change | None:
    group, members, _ = composed
    (answer,) = group.predict([text], style_only, explain=True)
    if answer.explanation is None:
        return None
    found = group.change(text, answer.explanation, style_only)
    if found is None:
        return None
    handle = members[found.predicted].handle
    start, end = found.start, found.end
    return Change(start, end, text[start:end], handle, found.is_smallest)
