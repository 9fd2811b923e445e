"""Marks background tasks whose arguments the admin does not show."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import SuspiciousOperation
from django_tasks_db.models import DBTaskResult

Function = TypeVar("Function", bound=Callable[..., Any])


def private_arguments(function: Function) -> Function:
    """Mark the function of a task; stands below `@task()`."""
    function.has_private_arguments = True  # type: ignore[attr-defined]
    return function


def are_arguments_private(task: DBTaskResult) -> bool:
    """Whether the task's function is marked, or no longer exists to say so."""
    try:
        function = task.task.func
    except (ImportError, SuspiciousOperation):
        return True
    return bool(getattr(function, "has_private_arguments", False))
