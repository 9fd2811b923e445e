"""Metrics for Prometheus.

Each process counts its own requests; the client library adds them up over gunicorn's
workers, through files in PROMETHEUS_MULTIPROC_DIR. Figures about stored data are read
from the database at each scrape, so every process and machine reports the same.
"""

import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.dispatch import receiver
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily

from common.jobs.heartbeat import living
from hypotweet_site.operations.doctor import WATCHED
from hypotweet_site.operations.doctor.finding import State
from prediction.models import Prediction, Signature
from prediction.serving.signals import predicted
from tweets.models import Fetch, User
from tweets.x.budget import spent

CONTENT_TYPE = CONTENT_TYPE_LATEST
DAY = timedelta(days=1)
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_requests = Counter("hypotweet_requests", "Requests answered.", ["view", "status"])
_request_seconds = Histogram(
    "hypotweet_request_seconds", "Time to answer.", ["view"], buckets=SECONDS
)
_predictions = Counter("hypotweet_predictions", "Texts answered.", ["engine"])
_prediction_seconds = Histogram(
    "hypotweet_prediction_seconds",
    "Time to answer one question, of one text or many.",
    ["engine"],
    buckets=SECONDS,
)


def count_request(view: str, status: int, seconds: float) -> None:
    _requests.labels(view, f"{status // 100}xx").inc()
    _request_seconds.labels(view).observe(seconds)


@receiver(predicted)
def count_predictions(engine: str, texts: int, seconds: float, **kwargs: Any) -> None:
    _predictions.labels(engine).inc(texts)
    _prediction_seconds.labels(engine).observe(seconds)


class DatabaseCollector:
    """Collects figures from the database."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        fetches = Fetch.objects.filter(started_at__gte=timezone.now() - DAY)
        ready = User.objects.predictable().count()
        fresh = Signature.objects.in_use().count()
        yield _by(
            "tasks", "Background tasks.", _counted(DBTaskResult.objects, "status")
        )
        yield _by("fetches_day", "Refreshes in a day.", _counted(fetches, "outcome"))
        yield _one("signatures_stale", "Signatures to be built.", max(ready - fresh, 0))
        yield _one("signatures_fresh", "Signatures up to date.", fresh)
        now = spent()
        yield _one("x_posts_today", "Posts read from X today.", now.posts_today)
        yield _one("x_posts_month", "Posts read from X this month.", now.posts_month)
        if (left := now.left()) is not None:
            yield _one("x_posts_left", "Posts that the budget leaves.", left)
        yield _one("workers", "Running workers.", living().count())
        yield _checks()
        yield _one("users", "Users.", User.objects.count())
        yield _one("predictions_saved", "Saved answers.", Prediction.objects.count())


def _checks() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "hypotweet_check", "What doctor watches: 1 where it warns.", labels=["name"]
    )
    for check in WATCHED:
        finding = check()
        family.add_metric([finding.name], finding.state != State.OK)
    return family


def _counted(rows: Any, field: str) -> dict[str, int]:
    counts = rows.order_by().values_list(field).annotate(Count("pk"))
    return {str(name).lower(): count for name, count in counts}


def _one(name: str, description: str, value: int) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"hypotweet_{name}", description, value=value)


def _by(name: str, description: str, counts: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"hypotweet_{name}", description, labels=["state"])
    for state, count in sorted(counts.items()):
        family.add_metric([state], count)
    return family


def exposition() -> bytes:
    """Return all metrics in the text format of Prometheus."""
    stored = CollectorRegistry()
    stored.register(DatabaseCollector())
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(stored)
