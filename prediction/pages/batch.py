"""The page that answers many texts at once, as a table or as CSV."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.http.rate_limits import (
    TooManyRequestsError,
    bounded,
    cost_of,
    count_form_work,
    limit_form,
    too_many_requests,
)
from common.spreadsheets import as_csv
from prediction.pages import batch_files
from prediction.pages.batch_files import BatchError, texts_of_file, texts_of_lines
from prediction.pages.fields import PlainTextField
from prediction.pages.group_form import GroupForm
from prediction.pages.home import random_handles
from tweets.models import User


class BatchForm(GroupForm):
    """Up to 500 texts, pasted one a line or from a file, for one group."""

    LARGEST = 2_000_000
    texts = PlainTextField(required=False, strip=False)
    file = forms.FileField(required=False, max_length=200)

    def clean_file(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload and (upload.size or 0) > self.LARGEST:
            raise forms.ValidationError("At most 2 MB")
        return upload

    def clean(self) -> dict[str, Any]:
        upload = self.cleaned_data.get("file")
        try:
            if upload:
                self.lines = texts_of_file(upload.name or "", upload.read())
            else:
                self.lines = texts_of_lines(self.cleaned_data.get("texts", ""))
        except BatchError as error:
            self.add_error("file" if upload else "texts", str(error))
        return self.cleaned_data


@limit_form
def batch(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        handles = request.GET.getlist("users") or random_handles()
        return _page(request, BatchForm(initial={"users": handles}))
    form = BatchForm(request.POST, request.FILES)
    try:
        rows = _answered(request, form) if form.is_valid() else []
    except TooManyRequestsError as error:
        return too_many_requests(request, error)
    if not rows:
        return _page(request, form, status=422)
    if request.POST.get("as") == "csv":
        return HttpResponse(
            as_csv(batch_files.table(rows)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="hypotweet.csv"'},
        )
    return _page(request, form, rows)


def _answered(request: HttpRequest, form: BatchForm) -> list[batch_files.Row]:
    cost = cost_of(form.lines, len(form.cleaned_data["users"]))
    count_form_work(request, cost)
    with bounded(cost):
        return batch_files.answer(form.lines, form.predict_many)


def _page(
    request: HttpRequest,
    form: BatchForm,
    rows: list[batch_files.Row] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "predictable": User.objects.listed().everyone().count(),
        "most": batch_files.MAX_TEXTS,
    }
    return render(request, "prediction/batch.html", context, status=status)
