"""Template tag for the admin's first page."""

from typing import Any

from django import template

from hypotweet_site.operations.dashboard import figures, needs_action

register = template.Library()


@register.inclusion_tag("admin/_dashboard.html")
def dashboard() -> dict[str, Any]:
    return {"figures": figures(), "needs_action": needs_action()}
