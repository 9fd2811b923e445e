"""How often somebody may ask, counted over all workers in the database.

A limit is a pair (requests, seconds), or None for no limit.
"""

import hashlib
import hmac
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.http.addresses import client_address, neighbourhood
from common.models import RateWindow

Limit = tuple[int, int]

# Nobody reaches so many a second, so they are not even counted.
UNLIMITED_PER_SECOND = 1_000
# The form asks again while somebody types.
FORM_ALLOWANCE = 10
# SQLite has one writer: an answer does not wait for an import to end.
PATIENCE_MS, WAITS_MS = 50, 30_000
SWEPT_ONE_IN = 200

# A window that would end later than one begun now is of a clock that was set back.
UPSERT = """
INSERT INTO common_ratewindow AS kept (bucket, ends_at, count) VALUES (%s, %s, %s)
ON CONFLICT (bucket) DO UPDATE SET
  count = excluded.count
    + CASE WHEN kept.ends_at BETWEEN %s AND excluded.ends_at THEN kept.count ELSE 0 END,
  ends_at =
    CASE WHEN kept.ends_at BETWEEN %s AND excluded.ends_at THEN kept.ends_at
    ELSE excluded.ends_at END
RETURNING count, ends_at
"""


class TooManyRequestsError(Exception):
    """The limit is reached; `retry_after` says in how many seconds it begins anew."""

    def __init__(self, limit: Limit, retry_after: int) -> None:
        requests, seconds = limit
        per = {1: "second", 60: "minute", 3600: "hour"}.get(seconds, f"{seconds} s")
        super().__init__(
            f"At most {requests:,} requests a {per}; try again in {retry_after} s."
        )
        self.retry_after = retry_after


def count_request(what: str, who: str, limit: Limit | None, cost: int = 1) -> None:
    """Counts one request of that cost. Raises TooManyRequestsError over the limit."""
    if limit is None or limit[0] >= UNLIMITED_PER_SECOND * limit[1]:
        return
    now = int(time.time())
    # However large a list is, an allowance that is untouched is enough for it.
    count, ends_at = _count(_bucket(what, who), now, limit[1], min(cost, limit[0]))
    if count > limit[0]:
        raise TooManyRequestsError(limit, max(ends_at - now, 1))


def count_prediction(request: HttpRequest, key_id: int | None, cost: int) -> None:
    """Counts a request to the API, by key or else by address.

    Raises TooManyRequestsError.
    """
    if key_id is None:
        who = neighbourhood(client_address(request))
        count_request("predict", who, settings.RATE_LIMIT_ANON, cost)
    else:
        count_request("predict", f"key {key_id}", settings.RATE_LIMIT_KEY, cost)


def form_limit() -> Limit | None:
    """What RATE_LIMIT_ANON means for the form, which asks again at each pause."""
    limit: Limit | None = settings.RATE_LIMIT_ANON
    return limit and (FORM_ALLOWANCE * limit[0], limit[1])


def limit_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Counts the POST requests to a page that predicts, per address."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            who = neighbourhood(client_address(request))
            try:
                count_request("form", who, form_limit())
            except TooManyRequestsError as error:
                return too_many_requests(request, error)
        return view(request, *args, **kwargs)

    return limited


def too_many_requests(
    request: HttpRequest, error: TooManyRequestsError
) -> HttpResponse:
    """The page that says when to try again."""
    context = {"retry_after": error.retry_after}
    page = render(request, "429.html", context, status=429)
    page.headers["Retry-After"] = str(error.retry_after)
    return page


def _bucket(what: str, who: str) -> str:
    """Keyed, so that the database holds no addresses."""
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, f"{what}\n{who}".encode(), hashlib.sha256).hexdigest()


def _count(bucket: str, now: int, seconds: int, cost: int) -> tuple[int, int]:
    """What was asked for in the window, this request included, and when it ends."""
    if random.randrange(SWEPT_ONE_IN) == 0:
        _sweep(now)
    values = (bucket, now + seconds, cost, now + 1, now + 1)
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(UPSERT, values)
            return tuple(cursor.fetchone())
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute(UPSERT, values)
            return tuple(cursor.fetchone())
        except OperationalError:
            return 0, 0
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {WAITS_MS}")


def _sweep(now: int) -> None:
    """Forgets windows that are over."""
    RateWindow.objects.filter(ends_at__lt=now).delete()
