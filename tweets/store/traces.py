"""What is written about a user outside the tables of users and tweets: in uploads, in
the log of the admin, in background tasks."""

import re

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from common.audit import privacy
from common.audit.privacy import ERASED
from tweets.models import Tweet, Upload, User

FINISHED = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)


def remove(user: User) -> None:
    """Remove the traces of a user, in the transaction that deletes the user."""
    _clean_uploads(user)
    _clean_tasks(user)
    blank_log(Tweet)
    by_key = Q(content_type=_type(User), object_id=str(user.pk))
    naming = by_key | _naming(user, "object_repr") | _naming(user, "change_message")
    LogEntry.objects.filter(naming).update(object_repr=ERASED, change_message="")
    privacy.forget(user, _naming(user, "target") | _naming(user, "summary"))


def blank_log(model: type[Model]) -> None:
    """Take the texts of a kind of object out of the admin's log.

    Versions before 2.0 put the beginning of a deleted text there.
    """
    names = model._meta.verbose_name  # noqa: SLF001 - Django's public name for it
    own = LogEntry.objects.filter(content_type=_type(model))
    own.exclude(object_repr__startswith=f"{names} ").update(object_repr=ERASED)


def _clean_uploads(user: User) -> None:
    """Delete files that hold the user's tweets, or may, and forget their names.

    A file that is being imported goes with the end of its import.
    """
    waiting = Upload.objects.exclude(content="").exclude(state=Upload.State.IMPORTING)
    for upload in waiting:
        if any(upload.may_hold(user.pk, name, user.x_id) for name in user.names):
            upload.discard("Somebody in it was erased, and the file with them.")
    uploads = Upload.objects.annotate(written=Cast("report", TextField()))
    naming = _naming(user, "name") | _naming(user, "handle") | _naming(user, "written")
    for upload in uploads.filter(naming):
        kept = ("read", "stored", "skipped", "refused")
        upload.report = {key: upload.report[key] for key in kept & upload.report.keys()}
        upload.name, upload.handle = ERASED, ""
        upload.save(update_fields=["report", "name", "handle"])


def _clean_tasks(user: User) -> None:
    """Delete finished tasks that name the user, and take the name out of others."""
    tasks: QuerySet = DBTaskResult.objects.annotate(
        given=Cast("args_kwargs", TextField()),
        returned=Cast("return_value", TextField()),
    )
    naming = _naming(user, "given")
    about = naming | _naming(user, "returned") | _naming(user, "traceback")
    tasks.filter(about, status__in=FINISHED).delete()
    for task in tasks.filter(naming).exclude(status__in=FINISHED):
        given = task.args_kwargs
        given["args"] = [_without(user, value) for value in given["args"]]
        task.save(update_fields=["args_kwargs"])


def _without(user: User, argument: object) -> object:
    """Return an argument, a list of handles perhaps, without the user."""
    if not isinstance(argument, list):
        return argument
    names = {name.lower() for name in user.names}
    return [one for one in argument if str(one).lower() not in names]


def _naming(user: User, field: str) -> Q:
    """Match a field that holds the user's handle or X id as a word of its own."""
    words = [*user.names, *([str(user.x_id)] if user.x_id else [])]
    either = "|".join(map(re.escape, words))
    return Q(**{f"{field}__iregex": rf"(^|[^A-Za-z0-9_])({either})([^A-Za-z0-9_]|$)"})


def _type(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)
