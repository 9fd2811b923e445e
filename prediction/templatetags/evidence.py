"""Words for evidence: why a passage counts, and what would change the answer."""

from django import template

from prediction.engine.insight.reasons import Reason
from prediction.serving.evidence.struck import Struck
from prediction.serving.evidence.why import Why
from prediction.serving.result import Change, Evidence
from prediction.templatetags.answers import how_strongly

register = template.Library()

NOTHING = "Nothing to count: letters, word order and layout together"


@register.filter
def because(why: Why) -> str:
    """Say in one line whom a passage speaks for, how much, and why."""
    reasons = [f"{named(reason)} {counted(why, reason)}" for reason in why.reasons]
    found = why.evidence
    if found is None:
        lead = f"The text as a whole speaks for @{why.speaker.handle}, too"
    else:
        how = how_strongly(found.strength)
        lead = f"“{one_line(found.text)}” speaks {how} for @{found.toward}"
    return ". ".join([lead, *(reasons or [NOTHING])]) + "."


@register.filter
def is_out(found: Evidence, struck: Struck | None) -> bool:
    """Say whether a passage is struck out."""
    return struck is not None and (found.start, found.end) in struck.spans


@register.filter
def one_line(text: str) -> str:
    """Return a passage without line breaks."""
    return " ".join(text.split())


@register.filter
def named(reason: Reason) -> str:
    """Name what was counted."""
    if reason.is_habit:
        return f"{reason.name[:1].upper()}{reason.name[1:]}:"
    return f"“{one_line(reason.name)}”:"


@register.filter
def counted(why: Why, reason: Reason) -> str:
    """Say how often each side has it."""
    own = f"in {rate(reason.share)} of @{why.speaker.handle}’s tweets"
    others = f"@{why.rival.handle}’s" if why.is_against else "the others’"
    return f"{own}, {rate(reason.share_of_others)} of {others}"


@register.filter
def rate(share: float) -> str:
    """Format a share of tweets with as many digits as it deserves."""
    if not share:
        return "none"
    if share < 0.001:
        return "under 0.1%"
    return f"{share:.1%}" if share < 0.0095 else f"{share:.0%}"


@register.filter
def changes(change: Change) -> str:
    """Say what would change the answer."""
    fewer = "" if change.smallest else " Fewer words may do."
    return f"Without “{one_line(change.text)}” it would be @{change.predicted}.{fewer}"
