"""JSON API to add users and tweets; what takes long runs as a background task."""

from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django_tasks import TaskResult
from django_tasks_db.models import DBTaskResult
from ninja import Field, File, Form, Schema, Status, UploadedFile

from accounts.api_auth import ApiKeyBearer, caller
from accounts.models import Scope
from common.http.problems import FieldError, ProblemError
from tweets import tasks
from tweets.api.users import ProblemOut, router
from tweets.forms import AddUsersForm, UploadForm
from tweets.models import Upload, User
from tweets.orders import ask_for_import, ask_for_refresh, ask_to_follow
from tweets.x.connect import NotConfiguredError

# The same router, since one router has to serve all methods of an address.
__all__ = ["router"]
MANAGED: dict[str, Any] = {
    "auth": ApiKeyBearer(Scope.MANAGE),
    "tags": ["management"],
}
STATES = {
    "READY": "waiting",
    "RUNNING": "running",
    "SUCCESSFUL": "done",
    "FAILED": "failed",
}


class TaskOut(Schema):
    id: UUID
    name: str = Field(description="The task, such as add_users_from_x.")
    status: Literal["waiting", "running", "done", "failed"]
    result: dict[str, Any] | None = Field(
        None, description="The result, once the task is done."
    )
    error: str | None = Field(None, description="The error, if the task failed.")
    url: str = Field(description="The address to ask for the state.")


class HandlesIn(Schema):
    model_config = {"json_schema_extra": {"examples": [{"handles": ["nasa", "esa"]}]}}

    handles: list[str] = Field(min_length=1, max_length=100)


class ImportIn(Schema):
    handle: str = Field("", description="The author, if the file does not say.")
    lines: str = Field("", description="Tweets, one per line, instead of a file.")
    include_replies: bool = Field(False, description="Import replies too.")


STARTED = {202: TaskOut, 422: ProblemOut}


@router.post(
    "/users",
    operation_id="tweets_manage_api_add_users",
    response=STARTED | {409: ProblemOut},
    **MANAGED,
)
def add_users(request: HttpRequest, wanted: HandlesIn) -> Status:
    """Follow users on X and read their posts."""
    caller(request).require("tweets.add_user")
    _require_x()
    form = AddUsersForm({"handles": "\n".join(wanted.handles)})
    _refuse_errors(form)
    return Status(202, _started(ask_to_follow(form.cleaned_data["handles"])))


@router.post(
    "/users/{handle}/refresh",
    operation_id="tweets_manage_api_refresh_user",
    response=STARTED | {404: ProblemOut, 409: ProblemOut},
    **MANAGED,
)
def refresh_user(request: HttpRequest, handle: str) -> Status:
    """Read what one user posted on X since the last refresh."""
    caller(request).require("tweets.change_user")
    _require_x()
    user = User.objects.tracked().by_handle(handle).first()
    if user is None:
        raise ProblemError(404, f"Not known here: @{handle[:50]}")
    if user.source != User.Source.X:
        raise ProblemError(409, f"{user} came from a file: add the handle to follow.")
    return Status(202, _started(ask_for_refresh([user])))


@router.post(
    "/imports",
    operation_id="tweets_manage_api_import_tweets",
    response=STARTED,
    **MANAGED,
)
def import_tweets(
    request: HttpRequest,
    given: Form[ImportIn],
    file: File[UploadedFile | None] = None,
) -> Status:
    """Import the tweets of a file: an X archive, JSON lines, JSON or CSV."""
    caller(request).require("tweets.add_upload")
    form = UploadForm(given.dict(), MultiValueDict({"file": [file]} if file else {}))
    _refuse_errors(form)
    upload = form.save(commit=False)
    upload.uploaded_by = caller(request).account
    upload.state = Upload.State.IMPORTING
    with transaction.atomic():
        upload.save()
        started = ask_for_import(upload)
    return Status(202, _started(started))


@router.get(
    "/tasks/{uuid:task_id}",
    operation_id="tweets_manage_api_get_task",
    response={200: TaskOut, 404: ProblemOut},
    **MANAGED,
)
def get_task(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    """Get the state of a task that was started by this API."""
    task = DBTaskResult.objects.filter(
        pk=task_id, task_path__startswith=f"{tasks.__name__}."
    ).first()
    if task is None:
        raise ProblemError(404, "There is no such task.")
    is_report = isinstance(task.return_value, dict)
    return _described(task.pk, task.task_name, task.status) | {
        "result": task.return_value if is_report else None,
        "error": _last_line(task.traceback) if task.status == "FAILED" else None,
    }


def _started(result: "TaskResult[Any]") -> dict[str, Any]:
    return _described(UUID(result.id), result.task.name, result.status)


def _described(task_id: UUID, name: str, status: str) -> dict[str, Any]:
    url = reverse("api:get_task", kwargs={"task_id": task_id})
    return {"id": task_id, "name": name, "status": STATES[status], "url": url}


def _last_line(traceback: str) -> str:
    return traceback.strip().rpartition("\n")[2][:500]


def _require_x() -> None:
    if not settings.X_BEARER_TOKEN:
        raise ProblemError(409, str(NotConfiguredError()))


def _refuse_errors(form: AddUsersForm | UploadForm) -> None:
    found = [
        FieldError(field.strip("_"), str(reason))
        for field, reasons in form.errors.items()
        for reason in reasons
    ]
    if found:
        raise ProblemError(422, found[0].reason, found)
