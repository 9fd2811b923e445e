"""The admin shows the arguments of background tasks, except of private ones."""

import pytest
from django.contrib import admin
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from common.jobs.admin import TaskAdmin
from common.jobs.privacy import private_arguments

pytestmark = pytest.mark.django_db
MAILBOX = "ann@example.org"


@task()
def open_task(address: str) -> None: ...


@task()
@private_arguments
def private_task(address: str) -> None: ...


def shown_of(queued: DBTaskResult) -> str:
    return TaskAdmin(DBTaskResult, admin.site).about(queued)


def test_arguments_are_shown() -> None:
    open_task.enqueue(MAILBOX)
    assert shown_of(DBTaskResult.objects.get()) == MAILBOX


def test_private_arguments_are_not_shown() -> None:
    private_task.enqueue(MAILBOX)
    assert shown_of(DBTaskResult.objects.get()) == "–"


@pytest.mark.parametrize("path", ["gone.task", "common.tests.gone", f"{__name__}.task"])
def test_arguments_of_a_task_that_no_longer_exists_are_not_shown(path: str) -> None:
    open_task.enqueue(MAILBOX)
    queued = DBTaskResult.objects.get()
    queued.task_path = path
    assert shown_of(queued) == "–"
