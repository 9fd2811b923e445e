"""Many texts at once, as a table or as CSV."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.http.rate_limits import limit_form
from prediction.pages.forms import BatchForm
from prediction.pages.home import some_handles
from prediction.serving import batch as batches
from tweets.models import User


@limit_form
def batch(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        handles = request.GET.getlist("users") or some_handles()
        return _page(request, BatchForm(initial={"users": handles}))
    form = BatchForm(request.POST, request.FILES)
    rows = batches.answer(form.lines, form.predict) if form.is_valid() else []
    if not rows:
        return _page(request, form, status=422)
    if request.POST.get("as") == "csv":
        return HttpResponse(
            batches.as_csv(rows),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="hypotweet.csv"'},
        )
    return _page(request, form, rows)


def _page(
    request: HttpRequest,
    form: BatchForm,
    rows: list[batches.Row] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "predictable": User.objects.listed().predictable().count(),
        "most": batches.MOST_TEXTS,
    }
    return render(request, "prediction/batch.html", context, status=status)
