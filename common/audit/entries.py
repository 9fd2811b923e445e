"""Writes entries of the audit."""

from typing import Any

from django.db import models, transaction

from common.audit.actors import current
from common.models import AuditEntry, kind_of

LONGEST = 200


def record(
    action: str,
    target: models.Model | None = None,
    summary: str = "",
    *,
    task: str = "",
    **counts: int,
) -> AuditEntry:
    """Record a change that whoever acts has made, in the caller's transaction.

    `action` says in the past what was done, `target` what was changed, by its name now.
    `task` is the background task that was queued; what it does is recorded as done by
    whoever queued it.
    """
    actor = current()
    return AuditEntry.objects.create(
        account_id=actor.account_id,
        who=actor.who,
        via=actor.via,
        address=actor.address,
        action=action,
        kind=kind_of(target) if target else "",
        key=str(target.pk) if target else "",
        target=str(target)[:LONGEST] if target else "",
        summary=summary,
        counts=counts,
        task=task or actor.task,
    )


@transaction.atomic
def queue(
    task: Any, *args: Any, action: str, target: models.Model | None = None,
    summary: str = "",
) -> Any:  # fmt: skip
    """Queue a background task, record who did, and return the task's result."""
    result = task.enqueue(*args)
    record(action, target, summary, task=result.id)
    return result


class Tally:
    """One entry of a change in many transactions: it counts up in each of them."""

    def __init__(
        self, action: str, target: models.Model | None = None, summary: str = ""
    ) -> None:
        self.action, self.target, self.summary = action, target, summary
        self._entry: AuditEntry | None = None

    def add(self, **counts: int) -> None:
        """Record the change, or add to the counts, in the caller's transaction."""
        if self._entry is None:
            self._entry = record(
                self.action, self.target, self.summary, task="", **counts
            )
            return
        known = self._entry.counts
        self._entry.counts = known | {
            name: known.get(name, 0) + count for name, count in counts.items()
        }
        AuditEntry.objects.filter(pk=self._entry.pk).update(counts=self._entry.counts)
