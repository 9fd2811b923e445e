"""The form for many texts at once, and what becomes of it: a batch."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest

from common.http.later import BeingPreparedError
from common.http.rate_limits import (
    HEAVY_FROM,
    BusyError,
    TooManyRequestsError,
    cost_of,
    count_form_work,
)
from prediction.batches.tables import (
    BatchError,
    Columns,
    Table,
    read_file,
    read_lines,
)
from prediction.batches.work import table_of, work_on
from prediction.models import Batch
from prediction.pages.batch.holder import holder_of, new_holder, own_batches
from prediction.pages.fields import PlainTextField
from prediction.pages.group_form import GroupForm
from prediction.tasks import answer_batch
from tweets.sources.fields.identifiers import HANDLE

# Files are kept for days: they count as requests do, and only so many are kept.
BYTES_PER_REQUEST, MOST_KEPT, MOST_WAITING = 50_000, 2_000, 50


class BatchForm(GroupForm):
    """Up to 500 texts, pasted one a line or from a file, for one group.

    ``again`` names a batch whose texts are asked about another time.
    """

    LARGEST = 2_000_000
    texts = PlainTextField(required=False, strip=False)
    file = forms.FileField(required=False, max_length=200)
    text_column = PlainTextField(required=False, max_length=200)
    author_column = PlainTextField(required=False, max_length=200)
    again = forms.SlugField(required=False)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_file(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload and (upload.size or 0) > self.LARGEST:
            raise forms.ValidationError("At most 2 MB")
        return upload

    def clean(self) -> dict[str, Any]:
        upload = self.cleaned_data.get("file")
        try:
            self.table = self._read(upload)
        except BatchError as error:
            field = error.field or ("file" if upload else "texts")
            self.add_error(field, str(error))
        except OSError:
            self.add_error("file", "The kept file is gone; please choose it again")
        return self.cleaned_data

    def _read(self, upload: UploadedFile | None) -> Table:
        """Read the new file, else the pasted lines, else the kept file."""
        self.name, self.content = "", b""
        self.columns = Columns(
            self.cleaned_data.get("text_column", ""),
            self.cleaned_data.get("author_column", ""),
        )
        pasted = self.cleaned_data.get("texts", "")
        kept = self._kept() if not (upload or pasted.strip()) else None
        if kept:
            with kept.content.open("rb") as stored:
                self.name, self.content = kept.name, stored.read()
            self.columns = Columns(
                self.columns.text or kept.text_column,
                self.columns.author or kept.author_column,
            )
            if not kept.name:
                return table_of(kept)
        elif upload:
            self.name = (upload.name or "texts.txt").replace("\0", "")[-200:]
            self.content = upload.read()
        else:
            self.content = pasted.encode("utf-8", "replace")
            return read_lines(self.content.decode())
        return read_file(self.name, self.content, self.columns)

    def _kept(self) -> Batch | None:
        slug = self.cleaned_data.get("again")
        return own_batches(self.request).filter(slug=slug).first() if slug else None


def make_batch(request: HttpRequest, form: BatchForm) -> Batch:
    """Keep what a valid form asks; answer it at once if that is little work.

    Raises TooManyRequestsError.
    """
    users = form.cleaned_data["users"]
    cost = cost_of(form.table.texts, len(users))
    count_form_work(request, max(cost, len(form.content) // BYTES_PER_REQUEST))
    if Batch.objects.count() >= MOST_KEPT:
        raise BusyError
    if cost >= HEAVY_FROM and Batch.objects.unfinished().count() >= MOST_WAITING:
        raise BusyError
    batch = _store(request, form)
    if cost >= HEAVY_FROM:
        _enqueue(batch)
    else:
        _answer_at_once(batch)
    batch.refresh_from_db()
    return batch


def _answer_at_once(batch: Batch) -> None:
    """Leave it to a worker if what it takes is not built yet."""
    try:
        work_on(batch)
    except BeingPreparedError:
        _enqueue(batch)
    except TooManyRequestsError:
        batch.delete()
        raise


@transaction.atomic
def _enqueue(batch: Batch) -> None:
    batch.task_id = str(answer_batch.enqueue(batch.pk).id)
    batch.save(update_fields=["task_id"])


@transaction.atomic
def _store(request: HttpRequest, form: BatchForm) -> Batch:
    asked = form.cleaned_data
    batch = Batch.objects.create(
        holder=holder_of(request) or new_holder(),
        account_id=request.user.pk,
        name=form.name,
        content=ContentFile(form.content, "texts"),
        text_column=form.columns.text,
        author_column=form.columns.author,
        authors=sorted(
            {author for author in form.table.authors if HANDLE.fullmatch(author)}
        ),
        engine=asked["engine"],
        style_only=asked["style_only"],
        total=len(form.table.rows),
    )
    batch.group.set(asked["users"])
    return batch
