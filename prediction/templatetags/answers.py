"""Filters that put the figures of an answer into words."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.text import Truncator

from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.calibration.strength import EvidenceLimits
from prediction.pages.standings import Standings, share_of, standings_of
from prediction.pages.trust_panel import Confusion, Panel, panel_for
from prediction.serving.evidence.struck import Struck
from prediction.serving.predictor import ENGINE
from prediction.serving.result import Candidate, Others, Result
from prediction.serving.voice import Course

register = template.Library()

QUOTED = 120
SCALE_END = log(100_000)
NAMED = 4
RUNS_TOLD = 12


@register.filter
def percent(share: float) -> str:
    """Format a probability as a whole percentage, never as certain."""
    if share >= 0.995:
        return "over 99%"
    if 0 < share < 0.005:
        return "under 1%"
    return f"{share:.0%}"


@register.filter
def whole_percent(share: float) -> str:
    """Format a counted share as a whole percentage."""
    return f"{share:.0%}"


@register.filter
def percent_sign(share: float) -> str:
    """Format a probability like `percent`, for narrow columns."""
    return percent(share).replace("over ", ">").replace("under ", "<")


@register.filter
def width(share: float) -> str:
    """Format a share of 1 as an SVG width in percent."""
    return f"{100 * share:.2f}%"


@register.filter
def out_of_ten(share: float) -> str:
    """Format a share of 1 as people say it: "8 times out of 10"."""
    times = round(10 * share)
    if times in (0, 10):
        return "hardly ever" if times == 0 else "nearly always"
    return f"{times} time{'' if times == 1 else 's'} out of 10"


@register.filter
def how_strongly(strength: int) -> str:
    """Name the strength of evidence, from 1 to 4."""
    return ("weakly", "fairly strongly", "strongly", "very strongly")[strength - 1]


@register.filter
def how_likely(share: float) -> str:
    """Say in words how likely the author is who comes first."""
    if share >= 0.9:
        return "Very likely"
    return "Probably" if share >= 0.5 else "Perhaps"


@register.simple_tag
def standings(
    ranking: Sequence[Candidate], none: NoneOfThese, struck: Struck | None = None
) -> Standings:
    """Return the bars of a ranking, beside those without what is struck out."""
    return standings_of(ranking, none, struck.rest if struck else None)


@register.simple_tag
def share(candidate: Candidate | Others, none: NoneOfThese) -> float:
    """Return the probability of one or several, where nobody of the group may have
    written it."""
    return share_of(candidate, none)


@register.filter
def verdict(result: Result) -> str:
    """Return the answer in one line of plain text, for titles."""
    html = render_to_string("prediction/_verdict.html", {"result": result})
    return strip_tags(html).strip()


@register.filter
def link_preview(result: Result) -> str:
    """Describe an answer for previews of links; says no more than its page shows."""
    names = [f"@{candidate.user.handle}" for candidate in result.candidates[:NAMED]]
    if more := result.size - len(names):
        names.append(f"{more:,} more")
    quoted = Truncator(" ".join(result.text.split())).chars(QUOTED)
    summary = f"“{quoted}” Asked about {', '.join(names[:-1])} and {names[-1]}."
    if not result.held_out.tweets:
        return summary
    often = out_of_ten(result.held_out.accuracy)
    return f"{summary} On their newest tweets the model was right {often}."


@register.filter
def same_people(asked: Mapping[str, Any]) -> str:
    """Return a query that asks the same people in the same way, without the text."""
    query = QueryDict(mutable=True)
    query.setlist("users", asked["users"])
    if asked["style_only"]:
        query["style_only"] = "on"
    if asked["engine"] != ENGINE:
        query["engine"] = asked["engine"]
    return query.urlencode()


@register.simple_tag
def panel(result: Result) -> Panel | None:
    """Return the trust panel of an answer."""
    return panel_for(result)


@register.filter
def mixed_up(pair: Confusion) -> str:
    """Say in a sentence who was taken for whom, and how often."""
    return (
        f"It took {pair.count:,} of @{pair.author.handle}’s {pair.of:,} tweets for "
        f"@{pair.named.handle}’s."
    )


@register.filter
def map_x(share: float) -> str:
    """Scale 0 to 1 to the width of the map, 100."""
    return f"{100 * share:.1f}"


@register.filter
def map_y(share: float) -> str:
    """Scale 0 to 1 to the height of the map, 62."""
    return f"{62 * share:.1f}"


@register.filter
def times(ratio: float) -> str:
    """Format a likelihood ratio, with as many digits as it deserves."""
    digits = 1 if ratio < 10 else 0
    rounded = (
        round(ratio, digits) if ratio < 100 else round(ratio, -len(f"{ratio:.0f}") + 2)
    )
    return f"{rounded:,.{digits}f} times"


@register.filter
def scale_x(log_likelihood_ratio: float) -> str:
    """Place it on a scale of width 120 from 1 in 100,000 to 100,000."""
    share = log_likelihood_ratio / SCALE_END
    return f"{60 + 60 * min(max(share, -1), 1):.1f}"


@register.filter
def reach_width(limits: EvidenceLimits) -> str:
    """Return how much of the scale the held-out tweets support."""
    return f"{float(scale_x(limits.most)) - float(scale_x(limits.least)):.1f}"


@register.filter
def polyline(shares: Sequence[float]) -> str:
    """Draw shares from 0 to 1 from left to right, in a space of 100 by 40."""
    step = 100 / max(len(shares) - 1, 1)
    points = (f"{n * step:.2f},{40 - 40 * share:.1f}" for n, share in enumerate(shares))
    return " ".join(points)


@register.filter
def course_in_words(course: Course) -> str:
    """Say who is the likeliest in which lines."""
    runs = [
        f"{'line' if run.first == run.last else 'lines'} "
        f"{run.first:,}{f' to {run.last:,}' if run.last > run.first else ''}: "
        f"@{run.user.handle}"
        for run in course.runs[:RUNS_TOLD]
    ]
    more = len(course.runs) - len(runs)
    told = "; ".join(runs) + (f"; and {more:,} more changes" if more > 0 else "")
    return f"{told[:1].upper()}{told[1:]}."
