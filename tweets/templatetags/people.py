"""How a User is drawn wherever one appears."""

from zlib import crc32

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tweets.models import User

register = template.Library()
HUES = 8


@register.simple_tag
def avatar(user: User, size: str = "") -> SafeString:
    """A coloured disc with the user's initials; the name stands beside it."""
    hue = crc32(user.handle.lower().encode()) % HUES
    return format_html(
        '<svg class="avatar {}" viewBox="0 0 32 32" aria-hidden="true" '
        'focusable="false"><circle class="hue-{}" cx="16" cy="16" r="16"/>'
        '<text x="16" y="20.5">{}</text></svg>',
        size,
        hue,
        initials(user.name or user.handle),
    )


def initials(name: str) -> str:
    """Two letters at most: of the first and the last word that begin with one."""
    letters = [word[0] for word in name.replace("_", " ").split() if word[0].isalnum()]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or "?"
