"""Whose batches these are: a browser's, by a signed cookie, or an account's."""

from secrets import token_urlsafe

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from prediction.models import Batch
from prediction.models.batches import BatchQuerySet

COOKIE, SALT = "batches", "hypotweet.batches"


def holder_of(request: HttpRequest) -> str:
    """Return the browser's random name; empty before its first batch."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT) or ""


def new_holder() -> str:
    return token_urlsafe(16)


def remember(response: HttpResponse, holder: str) -> None:
    """Have the browser keep its name as long as its newest batch is kept."""
    response.set_signed_cookie(
        COOKIE,
        holder,
        salt=SALT,
        max_age=settings.BATCH_DAYS * 86_400,
        httponly=True,
        samesite="Lax",
    )


def own_batches(request: HttpRequest) -> BatchQuerySet:
    """Select what whoever asks may see."""
    return Batch.objects.held_by(holder_of(request), request.user.pk).shown()
