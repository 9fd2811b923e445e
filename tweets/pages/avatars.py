"""Avatars: pictures from people's own archives, or coloured discs with initials."""

import re
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tweets.models import Avatar, User

HUES = 8
INNER_CAPITAL = re.compile(r"([a-z])([A-Z])")


def hue(user: User) -> int:
    """Return the number of the user's colour, the same wherever they appear."""
    return crc32(user.handle.lower().encode()) % HUES


def initials(name: str) -> str:
    """Return the initials of the first and the last word that begin with one.

    A capital inside a word begins a word too, as in SuchHandles.
    """
    spaced = INNER_CAPITAL.sub(r"\1 \2", name.replace("_", " "))
    letters = [word[0] for word in spaced.split() if word[0].isalnum()]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or "?"


def image_url(user: User) -> str:
    """Return the address of the user's picture; empty for users without one."""
    if not user.avatar:
        return ""
    return reverse("tweets:avatar", args=[user.handle, user.avatar])


@require_safe
@cache_control(private=True, max_age=86_400)
def image(request: HttpRequest, handle: str, digest: str) -> HttpResponse:
    """Answer with a listed user's picture; its address changes with the picture."""
    users = User.objects.listed().by_handle(handle).filter(avatar=digest)
    found = get_object_or_404(Avatar, user__in=users)
    return HttpResponse(bytes(found.image), content_type="image/webp")


def avatar(user: User) -> dict[str, str | int]:
    """Return what the picker's script needs to show this user."""
    name = user.name or user.handle
    return {
        "handle": user.handle,
        "name": name,
        "initials": initials(name),
        "image": image_url(user),
        "hue": hue(user),
        "tweets": user.tweet_count,
    }
