"""Sends all requests to the X API: address, timeouts and bounded retries."""

from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from tweets.x.api.errors import refuse_bad_response

TWEEPY_HOST = "https://api.twitter.com"

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class RetryUntilStopped(Retry):
    """Tries again until `stopped` is true: a stop waits for one attempt at most."""

    def __init__(self, *, stopped: Callable[[], bool], **options: Any) -> None:
        super().__init__(**options)
        self._stopped = stopped

    def new(self, **options: Any) -> Self:
        return super().new(stopped=self._stopped, **options)

    def increment(self, *args: Any, **details: Any) -> Self:
        if self._stopped():
            error = details.get("error")
            raise MaxRetryError(details["_pool"], details.get("url"), error)
        return super().increment(*args, **details)


class XAdapter(HTTPAdapter):
    """Sends tweepy's requests to `base_url`, with a timeout and few retries.

    tweepy has no setting for its address, and neither timeouts nor retries, so this
    adapter adds them. `timeout` is in seconds, to connect and between bytes.
    """

    def __init__(
        self,
        base_url: str,
        timeout: float,
        retries: int,
        stopped: Callable[[], bool],
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        super().__init__(
            max_retries=RetryUntilStopped(
                stopped=stopped,
                total=retries,
                backoff_factor=0.2,
                status_forcelist=[500, 502, 503, 504],
                allowed_methods=["GET"],
                raise_on_status=False,
                respect_retry_after_header=False,
            )
        )

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        path = (request.url or "").removeprefix(TWEEPY_HOST)
        request.url = self._base_url + path
        options["timeout"] = self._timeout
        if urlsplit(self._base_url).hostname in _LOOPBACK:
            options["proxies"] = {}
        return super().send(request, **options)


def mount_adapter(session: requests.Session, adapter: XAdapter) -> None:
    """Mount the adapter in a session, and raise XError for bad responses."""
    session.mount(f"{TWEEPY_HOST}/", adapter)
    session.hooks["response"].append(refuse_bad_response)
