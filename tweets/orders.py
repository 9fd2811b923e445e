"""What staff and programs ask for and workers do: each is recorded as it is queued."""

from collections.abc import Iterable
from typing import Any

from common.audit import queue
from tweets import tasks
from tweets.models import Upload, User

NAMED = 20


def ask_to_follow(handles: list[str]) -> Any:
    """Queue following these handles on X; return the task's result."""
    return queue(
        tasks.add_users_from_x,
        handles,
        action="asked to follow",
        summary=_listed(f"@{handle}" for handle in handles),
    )


def ask_for_refresh(users: Iterable[User]) -> Any:
    """Queue a refresh of these users; return the task's result."""
    chosen = list(users)
    return queue(
        tasks.refresh_users,
        [user.pk for user in chosen],
        action="asked for a refresh",
        target=chosen[0] if len(chosen) == 1 else None,
        summary="" if len(chosen) == 1 else _listed(map(str, chosen)),
    )


def ask_for_check(upload: Upload, action: str = "uploaded") -> Any:
    """Queue a check of what an import would store; return the task's result."""
    return queue(tasks.check_upload, upload.pk, action=action, target=upload)


def ask_for_import(upload: Upload) -> Any:
    """Queue the import of an upload; return the task's result."""
    action = "asked for an import"
    return queue(tasks.import_upload, upload.pk, action=action, target=upload)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + more
