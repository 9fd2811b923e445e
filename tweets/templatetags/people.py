"""How a User is drawn wherever one appears."""

from datetime import datetime, time

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.texts import MIN_TWEETS
from tweets.models import User
from tweets.pages.avatars import face

register = template.Library()


@register.simple_tag
def avatar(user: User, size: str = "") -> SafeString:
    """A coloured disc with the user's initials; the name stands beside it."""
    drawn = face(user)
    return format_html(
        '<svg class="avatar {}" viewBox="0 0 32 32" aria-hidden="true" '
        'focusable="false"><circle class="hue-{}" cx="16" cy="16" r="16"/>'
        '<text x="16" y="20.5">{}</text></svg>',
        size,
        drawn["hue"],
        drawn["initials"],
    )


@register.simple_tag
def face_data(user: User) -> SafeString:
    """The same, as attributes that the picker's script reads."""
    drawn = face(user)
    return format_html(
        'data-name="{}" data-initials="{}" data-hue="{}" data-tweets="{}"',
        drawn["name"],
        drawn["initials"],
        drawn["hue"],
        drawn["tweets"],
    )


@register.simple_tag
def people_here() -> dict[str, int]:
    """How many people are listed, how many of them are ready to be predicted with, and
    how many tweets that takes."""
    listed = User.objects.listed()
    return {
        "listed": listed.count(),
        "ready": listed.predictable().count(),
        "needed": MIN_TWEETS,
    }


@register.filter
def called(user: User) -> str:
    """The display name, or the handle of those who have none."""
    return user.name or f"@{user.handle}"


@register.filter
def moment(posted_at: datetime) -> str:
    """Date and time; the date alone where a source gave no time."""
    local = timezone.localtime(posted_at)
    form = "j F Y" if local.time() == time.min else "j F Y, H:i"
    return date_format(local, form)
