"""Template tags that show users."""

from datetime import datetime, time

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.texts import MIN_TWEETS
from tweets.models import User
from tweets.pages import avatars

register = template.Library()


@register.simple_tag
def avatar(user: User, size: str = "") -> SafeString:
    """Show the user's picture, or a coloured disc with initials.

    The name is shown beside it.
    """
    drawn = avatars.avatar(user)
    if drawn["image"]:
        return format_html(
            '<img class="avatar {}" src="{}" alt="" width="32" height="32" '
            'loading="lazy" decoding="async">',
            size,
            drawn["image"],
        )
    return format_html(
        '<svg class="avatar {}" viewBox="0 0 32 32" aria-hidden="true" '
        'focusable="false"><circle class="hue-{}" cx="16" cy="16" r="16"/>'
        '<text x="16" y="20.5">{}</text></svg>',
        size,
        drawn["hue"],
        drawn["initials"],
    )


@register.simple_tag
def avatar_data(user: User) -> SafeString:
    """Render the avatar as attributes, which the picker's script reads."""
    drawn = avatars.avatar(user)
    return format_html(
        'data-name="{}" data-initials="{}" data-hue="{}" data-tweets="{}" '
        'data-image="{}"',
        drawn["name"],
        drawn["initials"],
        drawn["hue"],
        drawn["tweets"],
        drawn["image"],
    )


@register.simple_tag
def people_here() -> dict[str, int]:
    """Count the listed users and those with enough tweets; say how many it takes."""
    listed = User.objects.listed()
    return {
        "listed": listed.count(),
        "ready": listed.predictable().count(),
        "needed": MIN_TWEETS,
    }


@register.filter
def called(user: User) -> str:
    """Return the display name, or the handle of a user without one."""
    return user.name or f"@{user.handle}"


@register.filter
def moment(posted_at: datetime) -> str:
    """Format date and time; the date alone if the source gave no time."""
    local = timezone.localtime(posted_at)
    form = "j F Y" if local.time() == time.min else "j F Y, H:i"
    return date_format(local, form)
