"""Who acts: an account behind a request, whoever queued a task, or a system's user."""

import getpass
import os
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_tasks import TaskResult
from django_tasks.signals import task_finished, task_started

from common.http.addresses import client_address
from common.models import AuditEntry, Via


@dataclass(frozen=True)
class Actor:
    """Who changes something, and from where; `task` is the background task, if any."""

    account_id: int | None
    who: str
    via: Via
    address: str | None = None
    task: str = ""


# What finds the actor out once a change is recorded; most requests change nothing.
_find: ContextVar[Callable[[], Actor] | None] = ContextVar("actor", default=None)


def current() -> Actor:
    """Return who acts now."""
    find = _find.get()
    return find() if find else Actor(None, _system_user(), Via.COMMAND)


def act_for(request: HttpRequest, account: object) -> None:
    """Have a request act for an account that did not sign in: that of its API key."""
    request.acting_account = account  # type: ignore[attr-defined]


class ActorMiddleware:
    """Lets changes during a request be recorded with its account and address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _find.set(lambda: _behind(request))
        try:
            return self.get_response(request)
        finally:
            _find.reset(token)


def _behind(request: HttpRequest) -> Actor:
    account: Any = getattr(request, "acting_account", None) or request.user
    return Actor(
        account.pk,
        account.get_username() if account.pk else "",
        _via(request.path),
        client_address(request),
    )


def _via(path: str) -> Via:
    if path.startswith(reverse("admin:index")):
        return Via.ADMIN
    return Via.API if path.startswith("/api/") else Via.SITE


def _system_user() -> str:
    """Return who runs the process, and who became that user by sudo."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # containers know users by number alone
        name = f"user {os.getuid()}"
    before = os.environ.get("SUDO_USER", "")
    return f"{before} as {name}" if before and before != name else name


@receiver(task_started)
def act_for_whoever_queued(task_result: "TaskResult[Any]", **kwargs: Any) -> None:
    """A task inherits account and address from the entry that queued it."""
    asked = AuditEntry.objects.filter(task=task_result.id).order_by("pk").first()
    actor = Actor(None, "", Via.WORKER, None, task_result.id)
    if asked is not None:
        who = asked.account_id, asked.who
        actor = Actor(*who, Via.WORKER, asked.address, task_result.id)
    _find.set(lambda: actor)


@receiver(task_finished)
def act_for_nobody(**kwargs: Any) -> None:
    _find.set(None)
