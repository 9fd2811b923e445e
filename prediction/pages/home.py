"""The home page: the question, and its answer while somebody types."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.http.rate_limits import limit_form
from prediction.models import Background
from prediction.pages.examples import examples_for
from prediction.pages.fields import TweetField
from prediction.pages.group_form import GroupForm
from prediction.serving import predictor
from prediction.serving.evidence.change import with_change
from prediction.serving.evidence.closest import closest_tweets
from prediction.serving.evidence.struck import Struck, parse_spans, strike_out
from prediction.serving.evidence.why import whys
from prediction.serving.result import Result
from tweets.models import User
from tweets.pages.avatars import avatar

GROUP_TO_START_WITH = 4


class PredictionForm(GroupForm):
    text = TweetField(label="What would they tweet?")

    def answer(self) -> Result | None:
        """Answer the question; None, with errors at the fields, if that fails."""
        if not self.is_valid():
            return None
        return self.predict(self.cleaned_data["text"])

    @property
    def asked(self) -> dict[str, Any]:
        """The question as hidden fields of another form carry it."""
        return {
            "users": self.handles,
            "text": self["text"].value() or "",
            "style_only": bool(self["style_only"].value()),
            "engine": self["engine"].value() or predictor.ENGINE,
        }


def random_handles(besides: Sequence[str] = ()) -> list[str]:
    """Return random listed users that fill up a group to start with."""
    known = User.objects.listed().by_handles(list(besides)).values("pk")
    others = User.objects.listed().everyone().exclude(pk__in=known).order_by("?")
    handles = others.values_list("handle", flat=True)
    return list(handles[: GROUP_TO_START_WITH - len(besides)])


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a group to start with, which includes the users the address names."""
    handles = request.GET.getlist("users")
    if len(handles) < 2:
        handles += random_handles(besides=handles)
    initial = {
        "users": handles,
        "text": request.GET.get("text", "")[: PredictionForm.max_characters],
        "style_only": request.GET.get("style_only"),
        "engine": request.GET.get("engine"),
    }
    return question_page(request, PredictionForm(initial=initial))


@limit_form
def predict(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("prediction:home")
    form = PredictionForm(request.POST)
    result = form.answer()
    return question_page(request, form, result, status=200 if result else 422)


@limit_form
def why(request: HttpRequest) -> HttpResponse:
    """Say why, for an answer that followed the typing."""
    form = PredictionForm(request.POST)
    result = form.answer() if request.method == "POST" else None
    if result is None:
        return redirect("prediction:home")
    return render(request, "prediction/_live_why.html", why_context(result, form))


def why_context(result: Result, form: PredictionForm) -> dict[str, Any]:
    """Return what a page needs to say why, and what would change the answer."""
    style_only = form.cleaned_data["style_only"]
    found = with_change(result, style_only=style_only)
    return {"result": found, "whys": whys(found, style_only=style_only)}


@require_POST
def surprise(request: HttpRequest) -> HttpResponse:
    """Pick other people at random; the typed text stays."""
    initial = {
        "users": random_handles(),
        "text": request.POST.get("text", ""),
        "style_only": request.POST.get("style_only"),
    }
    return question_page(request, PredictionForm(initial=initial))


@require_safe
def surprise_people(request: HttpRequest) -> JsonResponse:
    """Return random people for the picker."""
    people = User.objects.listed().everyone().order_by("?")
    return JsonResponse(
        {"items": [avatar(user) for user in people[:GROUP_TO_START_WITH]]}
    )


def _struck(
    request: HttpRequest, form: PredictionForm, result: Result
) -> Struck | None:
    """Strike out what was struck out before, and one more, or put that one back."""
    before = set(request.POST.getlist("without"))
    spans = parse_spans(before ^ set(request.POST.getlist("strike")), result.text)
    return strike_out(result, spans, style_only=form.cleaned_data["style_only"])


def question_page(
    request: HttpRequest,
    form: PredictionForm,
    result: Result | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the whole page, or only the answer for a request by htmx."""
    context: dict[str, Any] = {"form": form, "result": result, "asked": form.asked}
    if result:
        context["struck"] = _struck(request, form, result)
        context["closest"] = closest_tweets(result.best.user, result.text)
        if not request.htmx:  # type: ignore[attr-defined]
            context |= why_context(result, form)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "prediction/_live_answer.html", context, status=status)
    context["predictable"] = User.objects.listed().everyone().count()
    context["learning"] = not Background.objects.filter(is_current=True).exists()
    context["examples"] = examples_for(form.handles)
    context["is_first_look"] = request.method == "GET" and not request.GET
    context["anybody"] = context["predictable"] >= 2 or form.is_bound
    return render(request, "prediction/home.html", context, status=status)
