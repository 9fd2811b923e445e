"""Evaluations of stored tweets, here or on a cluster."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypedDict

from prediction.training.cluster import Cluster
from prediction.training.eligible import MAX_TWEETS, eligible_texts
from tweets.models import User


class Plan(TypedDict):
    """An evaluation in plain values; see `prediction.engine.evaluate`."""

    user_ids: list[int]
    train: int | None
    test: int
    split_by: str
    seed: int
    engines: list[str]
    pipeline: str


def tweets_for(
    user_ids: Sequence[int], train: int | None, test: int
) -> dict[str, list[str]]:
    """Load as many eligible tweets of each user as an evaluation takes, by handle."""
    handles = User.objects.in_bulk(user_ids)
    limit = (train or MAX_TWEETS) + test
    return {handles[pk].handle: eligible_texts(pk, limit) for pk in user_ids}


def carry_out(plan: Plan) -> dict[str, Any]:
    """Evaluate from what is stored now. Raises like `evaluate`."""
    # Imported late: it loads scikit-learn.
    from prediction.engine.evaluation.evaluation import evaluate

    options: dict[str, Any] = dict(plan)
    tweets = tweets_for(options.pop("user_ids"), plan["train"], plan["test"])
    return evaluate(tweets, **options)


def carry_out_each(
    plans: Sequence[Plan], scheduler: str | None, on_done: Callable[[], object]
) -> list[dict[str, Any]]:
    """Evaluate each plan, by the workers of a scheduler if there is one; return the
    results in the order of the plans.

    Raises like `evaluate`, and ClusterError.
    """
    found: dict[int, dict[str, Any]] = {}
    for position, result in _results(plans, scheduler):
        found[position] = result
        on_done()
    return [found[position] for position in range(len(plans))]


def _results(
    plans: Sequence[Plan], scheduler: str | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    if scheduler is None:
        yield from enumerate(map(carry_out, plans))
        return
    with Cluster(scheduler) as cluster:
        yield from cluster.perform("evaluate", plans)
