"""What holds against guessing passwords, and lets the owner of an account in.

Ten wrong passwords lock an account for the network they came from, by django-axes. Many
attempts slow a network down, and many on one account everybody who tries it, except for
browsers that have signed in to it before.
"""

import hashlib
import hmac
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.tasks import send_lockout_mail
from common.http.addresses import client_network
from common.http.rate_limits import TooManyRequestsError, count_request, forget_count

COOKIE = "known"
SALT = "accounts.known"
KNOWN_SECONDS = 400 * 24 * 60 * 60
ACCOUNT, MAIL = "sign in to", "mail of a lock"


class SlowingBackend:
    """Signs nobody in; counts attempts before a password is looked at."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, **kwargs: Any
    ) -> None:
        """Raise TooManyRequestsError after too many attempts by an unknown browser."""
        if request is None or not username or _is_known(request, username):
            return
        for limit in settings.SIGN_INS_PER_ADDRESS:
            count_request(f"sign in, {limit[1]} s", client_network(request), limit)
        count_request(ACCOUNT, _folded(username), settings.SIGN_INS_PER_ACCOUNT)


class KnownBrowserMiddleware:
    """Leaves a mark in browsers that have just signed in."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        if name := getattr(request, "has_signed_in", None):
            response.set_cookie(
                COOKIE,
                signing.dumps(_mark(name), salt=SALT),
                max_age=KNOWN_SECONDS,
                httponly=True,
                samesite="Lax",
            )
        return response


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if request is not None:
        request.has_signed_in = user.get_username()  # type: ignore[attr-defined]


@receiver(user_locked_out)
def tell_owner(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    """Queue a mail, whether there is such an account or not, once a day."""
    if not username:
        return
    try:
        count_request(MAIL, _folded(username), settings.LOCKOUT_MAILS_PER_ACCOUNT)
    except TooManyRequestsError:
        return
    send_lockout_mail.enqueue(username[:150])


def unlock(username: str) -> int:
    """Forget attempts on an account; return whether anything was counted."""
    return forget_count(ACCOUNT, _folded(username))


def unlock_network(network: str) -> int:
    """Forget the attempts of a network; return how many counts there were."""
    return sum(
        forget_count(f"sign in, {limit[1]} s", network)
        for limit in settings.SIGN_INS_PER_ADDRESS
    )


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None
) -> HttpResponse:
    """Return the page that replaces a sign-in; django-axes calls this."""
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    page = render(
        request, "registration/locked_out.html", {"minutes": wait // 60}, status=429
    )
    page.headers["Retry-After"] = str(wait)
    return page


def _is_known(request: HttpRequest, username: str) -> bool:
    """Whether this browser has signed in to this account before."""
    try:
        found = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KNOWN_SECONDS
        )
    except signing.BadSignature:
        return False
    return isinstance(found, str) and hmac.compare_digest(found, _mark(username))


def _mark(username: str) -> str:
    """Stand for a name in a cookie, which others may read."""
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, _folded(username).encode(), hashlib.sha256).hexdigest()[:32]


def _folded(username: str) -> str:
    return username.casefold()[:150]
