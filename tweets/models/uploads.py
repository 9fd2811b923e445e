"""Uploaded files, which are imported in the background.

A file is kept in the storage "uploads" until it is imported. A worker on another
machine needs the same storage.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver


def upload_storage() -> Storage:
    return storages["uploads"]


def random_name(upload: "Upload", filename: str) -> str:
    """Name a stored file; the uploader's file name never reaches the storage."""
    return uuid4().hex


class Upload(models.Model):
    """A file or some pasted lines, and the result of their import."""

    class State(models.TextChoices):
        CHECKING = "checking", "being checked"
        CHECKED = "checked", "checked, not imported yet"
        IMPORTING = "importing", "being imported"
        IMPORTED = "imported", "imported"
        UNCLEAR = "unclear", "waiting for its columns or author"
        REFUSED = "refused", "refused"

    name = models.CharField(max_length=200)
    content = models.FileField(
        storage=upload_storage, upload_to=random_name, blank=True, editable=False
    )
    format = models.CharField(max_length=20, default="auto", editable=False)
    handle = models.CharField(max_length=50, blank=True)
    columns = models.JSONField(
        default=dict,
        editable=False,
        help_text="What a table's columns hold, by role, if somebody had to say it.",
    )
    include_replies = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.CHECKING, editable=False
    )
    report = models.JSONField(default=dict, editable=False)
    authors = models.JSONField(
        null=True,
        editable=False,
        help_text="Whose tweets the file holds, once it is checked: handles, X ids and "
        "keys of users. Kept as long as the file.",
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    RECORDS_ITSELF = ("added",)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    def copy_to(self, path: Path) -> None:
        """Copy the uploaded file to a local path, in chunks. Raises OSError."""
        try:
            stored = self.content.open("rb")
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"The file of upload {self.pk} is not in the storage. Do the site and "
                "its workers use the same UPLOAD_DIR or UPLOAD_STORAGE?"
            ) from error
        with stored, path.open("wb") as copy:
            copyfileobj(stored, copy)

    def may_hold(self, user_id: int, handle: str, x_id: int | None) -> bool:
        """Whether the file holds tweets of this user, or nobody knows yet."""
        keys = {user_id, handle.lower(), str(x_id)}
        return self.authors is None or not keys.isdisjoint(self.authors)

    def finish(
        self,
        state: State,
        report: dict[str, Any],
        authors: Iterable[int | str] | None = None,
    ) -> None:
        """Store the result of a task; delete the file unless an import may follow."""
        self.state, self.report = state, report
        name = self.content.name
        if state == self.State.CHECKED:
            self.authors = sorted(authors or (), key=str)
        elif state == self.State.UNCLEAR:
            self.authors = None
        else:
            self.content, self.authors = "", None
        self.save(update_fields=["state", "report", "content", "authors"])
        if name and not self.content:
            self.content.storage.delete(name)

    def discard(self, reason: str) -> None:
        """Refuse the upload; delete its file when the caller's transaction ends."""
        transaction.on_commit(
            partial(self.content.storage.delete, str(self.content.name))
        )
        self.state, self.report = self.State.REFUSED, {"refused": reason}
        self.content, self.authors = "", None
        self.save(update_fields=["state", "report", "content", "authors"])


def delete_files_without_upload(before: datetime, dry_run: bool = False) -> int:
    """Delete files that no upload refers to, left behind by a killed process.

    Considers only files stored before that time; returns how many there are.
    """
    return delete_files_besides(Upload, "", before, dry_run)


def delete_files_besides(
    model: type[models.Model], folder: str, before: datetime, dry_run: bool
) -> int:
    """Delete files of a folder that no row of the model has as its ``content``."""
    storage = upload_storage()
    try:
        _, names = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    paths = {f"{folder}{name}" for name in names}
    rows = model._default_manager.exclude(content="")  # noqa: SLF001 - Django's name
    known = set(rows.values_list("content", flat=True))
    old = [path for path in paths - known if storage.get_modified_time(path) < before]
    if not dry_run:
        for path in old:
            storage.delete(path)
    return len(old)


@receiver(post_delete, sender=Upload)
def delete_file_of_deleted_upload(instance: Upload, **kwargs: Any) -> None:
    if name := instance.content.name:
        transaction.on_commit(partial(instance.content.storage.delete, name))
