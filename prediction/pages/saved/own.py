"""What a browser has saved and said here: in a signed cookie, for its own eyes."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from common.http.addresses import client_network

COOKIE = "saved"
SALT = "prediction.saved"
# As many addresses as fit into a cookie.
KEPT = 60
KEPT_SECONDS = 400 * 24 * 60 * 60


@dataclass(frozen=True)
class Own:
    """Slugs of the answers that this browser saved, and of those it has judged."""

    saved: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Read the cookie; whatever is no cookie of ours is empty."""
        try:
            stored = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
            return cls(*map(tuple, stored))
        except (signing.BadSignature, ValueError, TypeError):
            return cls()

    def with_saved(self, slug: str) -> Self:
        return replace(self, saved=(*self.saved, slug)[-KEPT:])

    def with_judged(self, slug: str) -> Self:
        return replace(self, judged=(*self.judged, slug)[-KEPT:])

    def keep(self, response: HttpResponse) -> None:
        """Set the cookie, for the pages of saved answers alone."""
        response.set_cookie(
            COOKIE,
            signing.dumps([self.saved, self.judged], salt=SALT, compress=True),
            max_age=KEPT_SECONDS,
            path=reverse("prediction:save"),
            httponly=True,
            samesite="Lax",
        )


def visitor_of(request: HttpRequest) -> str:
    """Name whoever has an opinion: an account, or else everybody of a network, since
    cookies can be thrown away. A keyed hash, so that nobody is stored."""
    user: Any = request.user
    who = f"account {user.pk}" if user.is_authenticated else client_network(request)
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, f"opinion\n{who}".encode(), hashlib.sha256).hexdigest()[:22]
