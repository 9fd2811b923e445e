"""The form and its answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from prediction import predictor
from prediction.forms import PredictionForm
from tweets.models import User


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    initial = {
        "users": request.GET.getlist("users"),
        "text": request.GET.get("text", "")[: PredictionForm.max_characters],
    }
    return _page(request, PredictionForm(initial=initial))


def predict(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("prediction:home")
    form = PredictionForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    result = predictor.predict(
        form.cleaned_data["users"],
        form.cleaned_data["text"],
        style_only=form.cleaned_data["style_only"],
    )
    return _page(request, form, result)


def _page(
    request: HttpRequest,
    form: PredictionForm,
    result: predictor.Result | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or only the answer for a request by htmx."""
    context = {"form": form, "result": result}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "prediction/_answer.html", context, status=status)
    context["anybody"] = User.objects.listed().exists()
    return render(request, "prediction/home.html", context, status=status)
