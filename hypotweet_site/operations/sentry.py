"""Faults are reported to Sentry where SENTRY_DSN is set: what failed and where, and
nothing about who asked for what."""

from typing import Any
from urllib.parse import urlsplit

from common.http import request_ids
from common.logs import without_secrets


def start(dsn: str) -> None:
    """Begins to report; imports the library only now."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        # Variables hold tweets, texts that visitors typed, and keys.
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=impersonal,
        server_name="hypotweet",
    )


def impersonal(event: Any, hint: dict[str, Any]) -> Any:
    """The report without people, addresses, cookies, queries and secrets."""
    event.pop("user", None)
    event.pop("breadcrumbs", None)
    request = event.get("request", {})
    event["request"] = {
        "method": request.get("method", ""),
        "url": without_secrets(urlsplit(request.get("url", "")).path),
    }
    event.setdefault("tags", {})["request_id"] = request_ids.current.get()
    for failure in event.get("exception", {}).get("values", []):
        failure["value"] = without_secrets(str(failure.get("value", "")))
    event.pop("extra", None)
    return event
