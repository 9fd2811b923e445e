"""The X API as this installation is configured to reach it."""

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from tweets.x.api.client import XClient


class NotConfiguredError(Exception):
    """There is no key for X; the message says how to get along."""

    def __init__(self) -> None:
        super().__init__(
            "X_BEARER_TOKEN is not set. Take the bearer token of your project from X's "
            "developer console, or bring tweets in with import_tweets."
        )


def client() -> "XClient":
    """A client for the API of X. Raises NotConfiguredError."""
    # Imported late: tweepy takes a while to load, and most commands never need it.
    from tweets.x.api.client import XClient

    if not settings.X_BEARER_TOKEN:
        raise NotConfiguredError
    return XClient(settings.X_BEARER_TOKEN, settings.X_API_BASE_URL)
