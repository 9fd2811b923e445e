"""Connects to the X API with the key and the address from the settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from tweets.x.api.client import XClient


class NotConfiguredError(Exception):
    """No key for the X API is set; the message says what to do about it."""

    def __init__(self) -> None:
        super().__init__(
            "X_BEARER_TOKEN is not set. Take the bearer token of your project from X's "
            "developer console, or import files with import_tweets."
        )


def connect(stopped: Callable[[], bool] = lambda: False) -> "XClient":
    """Return a client for the X API, which tries nothing again once `stopped` is true.

    Raises NotConfiguredError.
    """
    # Imported late: tweepy takes a while to load, and most commands never need it.
    from tweets.x.api.client import XClient

    if not settings.X_BEARER_TOKEN:
        raise NotConfiguredError
    return XClient(settings.X_BEARER_TOKEN, settings.X_API_BASE_URL, stopped=stopped)
