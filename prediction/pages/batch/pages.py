"""The pages of many texts at once: asking, progress, the table, and taking it along."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from common.http.rate_limits import TooManyRequestsError, limit_form, too_many_requests
from common.jobs.heartbeat import living
from common.spreadsheets import as_csv, as_xlsx
from prediction.batches.tables import MAX_TEXTS, BatchError
from prediction.batches.work import table_of
from prediction.models import Batch
from prediction.pages.batch.accuracy import accuracy_of
from prediction.pages.batch.asking import BatchForm, make_batch
from prediction.pages.batch.downloads import cells_of
from prediction.pages.batch.holder import own_batches, remember
from prediction.pages.batch.results import LEAST, SORTS, VERDICTS, Results, View
from prediction.pages.home import random_handles
from tweets.models import User

ROWS_A_PAGE, LISTED = 100, 20
# Texts after which the time that is left can be told.
ENOUGH_TO_TELL = 20
FINISHED = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": (XLSX, as_xlsx),
}


@limit_form
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form; keep what is sent as a batch, and lead on to its page."""
    if request.method != "POST":
        handles = request.GET.getlist("users") or random_handles()
        form = BatchForm(initial={"users": handles}, request=request)
        return _page(request, form)
    form = BatchForm(request.POST, request.FILES, request=request)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        batch = make_batch(request, form)
    except TooManyRequestsError as error:
        return too_many_requests(request, error)
    takes_along = request.POST.get("as") == "csv" and batch.state == Batch.State.DONE
    response = redirect(*_download_of(batch)) if takes_along else redirect(batch)
    remember(response, batch.holder)
    return response


@require_safe
@never_cache
def result(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how far a batch is, or its table."""
    batch = _find(request, slug)
    _give_up_without_task(batch)
    handles = [user.handle for user in batch.group.all()]
    initial = {"users": handles, "style_only": batch.style_only, "again": batch.slug}
    form = BatchForm(initial=initial | {"engine": batch.engine}, request=request)
    response = _page(request, form, batch)
    if batch.is_finished and "HX-Request" in request.headers:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
@never_cache
def download(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    batch = _find(request, slug)
    if batch.state != Batch.State.DONE or kind not in KINDS:
        raise Http404
    content_type, write = KINDS[kind]
    return HttpResponse(
        write(cells_of(_results(batch))),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="hypotweet.{kind}"'},
    )


@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    _find(request, slug).delete()
    messages.success(request, "The texts and their answers are deleted.")
    return redirect("prediction:batch")


def _find(request: HttpRequest, slug: str) -> Batch:
    return get_object_or_404(own_batches(request), slug=slug)


def _download_of(batch: Batch) -> tuple[str, str, str]:
    return "prediction:batch-download", batch.slug, "csv"


def _give_up_without_task(batch: Batch) -> None:
    """End a batch whose task was given up, after its worker died again and again."""
    if batch.is_finished:
        return
    tasks = DBTaskResult.objects.filter(pk=batch.task_id) if batch.task_id else None
    if tasks is None or not tasks.exclude(status__in=FINISHED).exists():
        batch.refresh_from_db()
        if not batch.is_finished:
            batch.state = Batch.State.FAILED
            batch.problem = "The work on it was broken off. Please try again."
            batch.advance(state=batch.state, problem=batch.problem)


def _results(batch: Batch) -> Results:
    """Raise Http404 if the file is gone."""
    try:
        return Results(batch, table_of(batch))
    except (BatchError, OSError):
        raise Http404 from None


def _page(
    request: HttpRequest,
    form: BatchForm,
    batch: Batch | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "batch": batch,
        "predictable": User.objects.listed().everyone().count(),
        "most": MAX_TEXTS,
        "own": own_batches(request)[:LISTED],
        "days": settings.BATCH_DAYS,
    }
    if batch and batch.state == Batch.State.DONE:
        context |= _table(request, batch)
    elif batch and not batch.is_finished:
        context |= _progress(batch)
    return render(request, "prediction/batch/page.html", context, status=status)


def _table(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    results = _results(batch)
    fields = ("who", "least", "verdict", "words", "sort")
    view = View(**{name: request.GET[name] for name in fields if name in request.GET})
    chosen = view.choose(results.rows)
    return {
        "results": results,
        "accuracy": accuracy_of(results),
        "view": view,
        "page": Paginator(chosen, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "sorts": SORTS.items(),
        "least": LEAST.items(),
        "verdicts": VERDICTS.items(),
    }


def _progress(batch: Batch) -> dict[str, Any]:
    """Say how many batches come first, or how long this one takes."""
    before = Batch.objects.unfinished().filter(created_at__lt=batch.created_at)
    left = None
    if batch.started_at and batch.done >= ENOUGH_TO_TELL:
        seconds = (timezone.now() - batch.started_at).total_seconds()
        left = seconds / batch.done * (batch.total - batch.done)
    minutes = round(left / 60) if left else None
    return {
        "before": before.count(),
        "left": left,
        "minutes": minutes,
        "has_worker": living().exists(),
    }
