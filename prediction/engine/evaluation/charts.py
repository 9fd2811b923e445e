"""Small charts as SVG, styled by presentation attributes alone."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from prediction.engine.evaluation.statistics import Interval

_INK, _PALE, _ACCENT = "#334155", "#cbd5e1", "#0f766e"
_SIZE = 320
_MARGIN = 44
_ROW, _LABELS = 24, 260
_WIDE = _LABELS + _SIZE + 170


def _frame(body: str, label: str, across: str, up: str) -> str:
    width = _SIZE + 2 * _MARGIN
    middle = _MARGIN + _SIZE / 2
    return (
        f'<svg viewBox="0 0 {width} {width}" width="{width}" role="img" '
        f'aria-label="{escape(label)}" font-family="sans-serif" font-size="12" '
        f'fill="{_INK}"><rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIZE}" '
        f'height="{_SIZE}" fill="none" stroke="{_PALE}"/>{body}'
        f'<text x="{middle}" y="{width - 6}" text-anchor="middle">{escape(across)}'
        f'</text><text x="14" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 14 {middle})">{escape(up)}</text></svg>'
    )


def _across(share: float) -> float:
    return round(_MARGIN + share * _SIZE, 1)


def _up(share: float) -> float:
    return round(_MARGIN + (1 - share) * _SIZE, 1)


def reliability_chart(bins: Sequence[Mapping[str, Any]]) -> str:
    """Draw how often predictions were right at each level of confidence."""
    dots = "".join(
        f'<circle cx="{_across(b["mean_probability"])}" cy="{_up(b["share_right"])}" '
        f'r="{3 + min(b["count"], 400) ** 0.5 / 3:.1f}" fill="{_ACCENT}" '
        f'fill-opacity="0.7"><title>{b["count"]} predictions: confidence '
        f"{b['mean_probability']:.0%}, right {b['share_right']:.0%}</title></circle>"
        for b in bins
    )
    diagonal = (
        f'<line x1="{_across(0)}" y1="{_up(0)}" x2="{_across(1)}" y2="{_up(1)}" '
        f'stroke="{_PALE}" stroke-dasharray="4"/>'
    )
    label = "Reliability: on the diagonal, confidence is accuracy"
    return _frame(diagonal + dots, label, "confidence", "accuracy")


def confusion_chart(handles: Sequence[str], confusion: Sequence[Sequence[int]]) -> str:
    """Draw authors down and predictions across; darker is more often."""
    step = _SIZE / len(handles)
    cells = []
    for row, counts in enumerate(confusion):
        total = sum(counts) or 1
        for column, count in enumerate(counts):
            if count:
                cells.append(
                    f'<rect x="{_MARGIN + column * step:.1f}" '
                    f'y="{_MARGIN + row * step:.1f}" width="{step:.1f}" '
                    f'height="{step:.1f}" fill="{_ACCENT}" '
                    f'fill-opacity="{count / total:.2f}"><title>'
                    f"{escape(handles[row])} predicted as {escape(handles[column])}: "
                    f"{count} of {total}</title></rect>"
                )
    return _frame("".join(cells), "Confusion matrix", "predicted", "author")


def line_chart(points: Mapping[int, Interval], label: str, across: str) -> str:
    """Draw accuracy over a count, whose values are at equal distances, with intervals.

    Raises
    ------
    ValueError
        No points.
    """
    if not points:
        raise ValueError("a line needs points")
    step = 1 / max(len(points) - 1, 1)
    places = [
        (_across(number * step), _up(each.value))
        for number, each in enumerate(points.values())
    ]
    path = " ".join(f"{x},{y}" for x, y in places)
    marks = "".join(
        _whisker(x, each)
        + f'<circle cx="{x}" cy="{y}" r="4" fill="{_ACCENT}"/>'
        + f'<text x="{x + 8}" y="{y - 8}">{each.value:.0%}</text>'
        + f'<text x="{x}" y="{_up(0) + 16}" text-anchor="middle">{count}</text>'
        for (x, y), (count, each) in zip(places, points.items(), strict=True)
    )
    line = f'<polyline points="{path}" fill="none" stroke="{_ACCENT}"/>'
    return _frame(line + marks, label, across, "accuracy")


def _whisker(x: float, interval: Interval) -> str:
    return (
        f'<line x1="{x}" y1="{_up(interval.low)}" x2="{x}" y2="{_up(interval.high)}" '
        f'stroke="{_INK}"><title>95% interval {interval.low:.1%} to '
        f"{interval.high:.1%}</title></line>"
    )


def bar_chart(rows: Sequence[Mapping[str, Any]], label: str) -> str:
    """Draw accuracy on slices as bars with intervals.

    Parameters
    ----------
    rows
        As `slices.slices` returns them.
    """
    height = _ROW * len(rows) + 8
    bars = "".join(_bar(row, number * _ROW + 4) for number, row in enumerate(rows))
    return (
        f'<svg viewBox="0 0 {_WIDE} {height}" width="{_WIDE}" role="img" '
        f'aria-label="{escape(label)}" font-family="sans-serif" font-size="12" '
        f'fill="{_INK}">{bars}</svg>'
    )


def _bar(row: Mapping[str, Any], top: float) -> str:
    line = top + 16
    name = (
        f'<text x="{_LABELS - 8}" y="{line}" text-anchor="end">{escape(row["label"])} '
        f"({row['tweets']})</text>"
    )
    accuracy = row["accuracy"]
    if accuracy is None:
        return f'{name}<text x="{_LABELS}" y="{line}">too few to say</text>'
    low, value, high = (
        round(_LABELS + accuracy[key] * _SIZE, 1) for key in ("low", "value", "high")
    )
    return (
        f'{name}<rect x="{_LABELS}" y="{top + 3}" width="{value - _LABELS:.1f}" '
        f'height="18" fill="{_ACCENT}" fill-opacity="0.5"/>'
        f'<line x1="{low}" y1="{top + 12}" x2="{high}" y2="{top + 12}" '
        f'stroke="{_INK}"/><text x="{high + 6}" y="{line}">{accuracy["value"]:.1%}, '
        f"{accuracy['low']:.1%} to {accuracy['high']:.1%}</text>"
    )
