"""How figures of an answer are told."""

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A probability as a whole percentage, never as the certainty it is not."""
    if share >= 0.995:
        return "over 99%"
    if 0 < share < 0.005:
        return "under 1%"
    return f"{share:.0%}"


@register.filter
def share(value: float) -> str:
    """A share of 1 as the number of an SVG width, in percent."""
    return f"{100 * value:.2f}"
