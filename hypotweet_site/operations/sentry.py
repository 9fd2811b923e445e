"""Error reports to Sentry, where SENTRY_DSN is set: what failed and where, without
anything about the visitor or the question."""

from typing import Any
from urllib.parse import urlsplit

from common.http.request_ids import current_request_id
from common.logs import without_secrets


def start(dsn: str) -> None:
    """Start reporting. The library is an extra, so it is imported here."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        # Variables hold tweets, texts that visitors typed, and keys.
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=anonymous,
        server_name="hypotweet",
    )


def anonymous(event: Any, hint: dict[str, Any]) -> Any:
    """Return the report without users, addresses, cookies, queries and secrets."""
    event.pop("user", None)
    event.pop("breadcrumbs", None)
    request = event.get("request", {})
    event["request"] = {
        "method": request.get("method", ""),
        "url": without_secrets(urlsplit(request.get("url", "")).path),
    }
    event.setdefault("tags", {})["request_id"] = current_request_id()
    for failure in event.get("exception", {}).get("values", []):
        failure["value"] = without_secrets(str(failure.get("value", "")))
    event.pop("extra", None)
    return event
