"""Rate limits, counted in the database so that all workers share one count.

A limit is a pair (requests, seconds), or None for no limit. Kept in the database, and
not in a cache server, since one upsert takes under a millisecond and needs no service.
"""

import hashlib
import hmac
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from threading import BoundedSemaphore, Lock
from typing import Any

from cachetools import LRUCache
from django.conf import settings
from django.contrib import messages
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from common.http.addresses import client_network
from common.models import RateWindow
from common.search import search_notice

Limit = tuple[int, int]
View = Callable[..., HttpResponseBase]

# Work is characters times people, and as much again as for so many people, since a text
# is taken apart whoever is asked about. Ten tweets and a small group are one request.
SAME_FOR_ANYBODY, WORK_PER_REQUEST = 100, 10 * 280 * 200
# What costs so many requests is heavy: each process does one such thing at a time.
HEAVY_FROM, HEAVY_RETRY_AFTER = 10, 5
_HEAVY = BoundedSemaphore(1)
_PAYER: ContextVar[tuple[str, str, Limit] | None] = ContextVar("payer", default=None)

# No client reaches such a limit, so its requests are not counted.
UNLIMITED_PER_SECOND = 1_000
# The form asks again at each pause in typing.
FORM_FACTOR = 10
# So many accounts at one address can use their keys to the full.
ACCOUNTS_PER_NETWORK = 4
# SQLite has one writer: a request does not wait for an import to finish. Meanwhile each
# process counts by itself, and the database is charged with that afterwards.
COUNT_TIMEOUT_MS, USUAL_TIMEOUT_MS = 50, 30_000
_OWED: LRUCache[str, tuple[int, int]] = LRUCache(10_000)
_OWED_LOCK = Lock()
SWEEP_ONE_IN = 200

# Where the clock was set back, a stored window may outlast a new one; it starts again.
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
    """A limit is exceeded; the next window starts in `retry_after` seconds."""

    def __init__(self, limit: Limit, retry_after: int) -> None:
        requests, seconds = limit
        per = {1: "second", 60: "minute", 3600: "hour"}.get(seconds, f"{seconds} s")
        super().__init__(
            f"At most {requests:,} requests a {per}; try again in {retry_after} s."
        )
        self.retry_after = retry_after


class BusyError(TooManyRequestsError):
    """Others have the site do heavy work just now."""

    def __init__(self) -> None:
        Exception.__init__(
            self, f"The site is busy; try again in {HEAVY_RETRY_AFTER} s."
        )
        self.retry_after = HEAVY_RETRY_AFTER


def count_request(
    what: str, who: str, limit: Limit | None, cost: int = 1, counted: int = 0
) -> None:
    """Count a request of `what` by `who`, of whose cost some may be counted already.

    Raises TooManyRequestsError.
    """
    if limit is None or limit[0] >= UNLIMITED_PER_SECOND * limit[1]:
        return
    _PAYER.set((what, who, limit))
    now = int(time.time())
    # A single request never costs more than a whole window allows.
    cost = min(cost, limit[0]) - min(counted, limit[0])
    count, ends_at = _count(_bucket(what, who), now, limit[1], cost)
    if count > limit[0]:
        raise TooManyRequestsError(limit, max(ends_at - now, 1))


def nobody_pays() -> None:
    """Forget who was counted last: another request begins."""
    _PAYER.set(None)


def charge(cost: int) -> None:
    """Count dear work that only now turns out to be needed on whoever was counted in
    this request, before it is done.

    Raises TooManyRequestsError.
    """
    payer = _PAYER.get()
    if payer is not None and cost > 0:
        count_request(*payer, cost)


def cost_of(texts: Sequence[str], people: int) -> int:
    """Return how many requests answering these texts about so many people counts as."""
    characters = sum(map(len, texts))
    return max(characters * (people + SAME_FOR_ANYBODY) // WORK_PER_REQUEST, 1)


@contextmanager
def bounded(cost: int) -> Iterator[None]:
    """Do work of this cost; heavy work only if the process does no other.

    Raises TooManyRequestsError.
    """
    if cost < HEAVY_FROM:
        yield
        return
    if not _HEAVY.acquire(blocking=False):
        raise BusyError
    try:
        yield
    finally:
        _HEAVY.release()


def count_form_work(request: HttpRequest, cost: int) -> None:
    """Count what a form costs beyond the one request that is counted already.

    Raises TooManyRequestsError.
    """
    count_request("form", client_network(request), form_limit(), cost, counted=1)


def forget_count(what: str, who: str) -> int:
    """Let somebody start again; return whether anything was counted."""
    return RateWindow.objects.filter(bucket=_bucket(what, who)).delete()[0]


def count_api_request(
    request: HttpRequest, account_id: int | None, cost: int, counted: int = 0
) -> None:
    """Count a request to the API: by the account of its key, whichever key that is,
    and by network.

    Raises TooManyRequestsError.
    """
    network = client_network(request)
    if account_id is None:
        count_request("predict", network, settings.RATE_LIMIT_ANON, cost, counted)
        return
    limit: Limit | None = settings.RATE_LIMIT_KEY
    several = limit and (ACCOUNTS_PER_NETWORK * limit[0], limit[1])
    count_request("predict with keys", network, several, cost, counted)
    count_request("predict", f"account {account_id}", limit, cost, counted)


def form_limit() -> Limit | None:
    """Return the limit of the form, a multiple of RATE_LIMIT_ANON."""
    limit: Limit | None = settings.RATE_LIMIT_ANON
    return limit and (FORM_FACTOR * limit[0], limit[1])


def is_post(request: HttpRequest) -> bool:
    return request.method == "POST"


def limit_posts(
    what: str,
    limit: Callable[[], Limit | None],
    counts: Callable[[HttpRequest], bool] = is_post,
) -> Callable[[View], View]:
    """Decorate a view so that its POST requests are counted per network.

    `limit` is called for each request, so that settings may change. `counts` chooses
    the requests to count where they are others.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if counts(request):
                try:
                    count_request(what, client_network(request), limit())
                except TooManyRequestsError as error:
                    return too_many_requests(request, error)
            return view(request, *args, **kwargs)

        return limited

    return decorate


limit_form = limit_posts("form", form_limit)
# Of a page that answers questions in its address, too.
limit_questions = limit_posts(
    "form", form_limit, lambda request: is_post(request) or "text" in request.GET
)

# Of a page whose address may hold a search.
limit_searches = limit_posts(
    "search", form_limit, lambda request: bool({"q", "near"} & request.GET.keys())
)


def notice_of_search(request: HttpRequest, typed: str) -> None:
    """Tell a visitor who typed more words than are searched for."""
    if notice := search_notice(typed):
        messages.info(request, notice)


def too_many_requests(
    request: HttpRequest, error: TooManyRequestsError
) -> HttpResponse:
    """Return the page that says when to try again.

    A script that asks while somebody types gets no page and no error, since browsers
    log those; it waits for `Retry-After`, too.
    """
    if "HX-Request" in request.headers:
        page = HttpResponse(status=204)
    else:
        context = {"retry_after": error.retry_after}
        page = render(request, "429.html", context, status=429)
    page.headers["Retry-After"] = str(error.retry_after)
    return page


def _bucket(what: str, who: str) -> str:
    """Hash with a key, so that the database holds no addresses."""
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, f"{what}\n{who}".encode(), hashlib.sha256).hexdigest()


def _count(bucket: str, now: int, seconds: int, cost: int) -> tuple[int, int]:
    """Return the count of the window, with this request, and when the window ends."""
    if connection.vendor != "sqlite":
        return _count_stored(bucket, now, seconds, cost)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {COUNT_TIMEOUT_MS}")
    try:
        owed = _owed(bucket, now)
        found = _count_stored(bucket, now, seconds, cost + owed)
    except OperationalError:
        return _owe(bucket, now, seconds, cost)
    else:
        _pay(bucket, owed)
        return found
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {USUAL_TIMEOUT_MS}")


def _count_stored(bucket: str, now: int, seconds: int, cost: int) -> tuple[int, int]:
    if random.randrange(SWEEP_ONE_IN) == 0:
        RateWindow.objects.filter(ends_at__lt=now).delete()
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, (bucket, now + seconds, cost, now + 1, now + 1))
        return tuple(cursor.fetchone())


def _owe(bucket: str, now: int, seconds: int, cost: int) -> tuple[int, int]:
    """Count in this process while the database cannot be written to."""
    with _OWED_LOCK:
        count, ends_at = _OWED.get(bucket, (0, 0))
        if ends_at <= now:
            count, ends_at = 0, now + seconds
        _OWED[bucket] = count + cost, ends_at
        return count + cost, ends_at


def _owed(bucket: str, now: int) -> int:
    """Return what the bucket's window still has to be charged with."""
    with _OWED_LOCK:
        count, ends_at = _OWED.get(bucket, (0, 0))
        return count if ends_at > now else 0


def _pay(bucket: str, owed: int) -> None:
    with _OWED_LOCK:
        count, ends_at = _OWED.pop(bucket, (0, 0))
        if count > owed:
            _OWED[bucket] = count - owed, ends_at
