"""How figures of an answer are told."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.text import Truncator

from prediction.pages.trust_panel import Panel, panel_for
from prediction.serving.predictor import Result

register = template.Library()

QUOTED = 120
NAMED = 4


@register.filter
def percent(share: float) -> str:
    """A probability as a whole percentage, never as the certainty it is not."""
    if share >= 0.995:
        return "over 99%"
    if 0 < share < 0.005:
        return "under 1%"
    return f"{share:.0%}"


@register.filter
def whole_percent(share: float) -> str:
    """A share that was counted, as a whole percentage."""
    return f"{share:.0%}"


@register.filter
def percent_sign(share: float) -> str:
    """The same where a column is narrow."""
    return percent(share).replace("over ", ">").replace("under ", "<")


@register.filter
def width(share: float) -> str:
    """A share of 1 as an SVG width, in percent."""
    return f"{100 * share:.2f}%"


@register.filter
def out_of_ten(share: float) -> str:
    """A share of 1 as people say it: "8 times out of 10"."""
    times = round(10 * share)
    if times in (0, 10):
        return "hardly ever" if times == 0 else "nearly always"
    return f"{times} time{'' if times == 1 else 's'} out of 10"


@register.filter
def verdict(result: Result) -> str:
    """The answer in one line without marks, for titles."""
    html = render_to_string("prediction/_verdict.html", {"result": result})
    return strip_tags(html).strip()


@register.filter
def told_elsewhere(result: Result) -> str:
    """What a link to the answer says of it: nothing that its page does not show."""
    names = [f"@{candidate.user.handle}" for candidate in result.candidates[:NAMED]]
    if more := len(result.candidates) - len(names):
        names.append(f"{more:,} more")
    quoted = Truncator(" ".join(result.text.split())).chars(QUOTED)
    said = f"“{quoted}” Asked about {', '.join(names[:-1])} and {names[-1]}."
    if not result.held_out.tweets:
        return said
    often = out_of_ten(result.held_out.accuracy)
    return f"{said} On their newest tweets the model was right {often}."


@register.simple_tag
def panel(result: Result) -> Panel | None:
    """What the expandable part of an answer shows."""
    return panel_for(result)


@register.filter
def map_x(share: float) -> str:
    """From 0 to 1 across the map's drawing, 100 wide."""
    return f"{100 * share:.1f}"


@register.filter
def map_y(share: float) -> str:
    """From 0 to 1 down the map's drawing, 62 high."""
    return f"{62 * share:.1f}"
