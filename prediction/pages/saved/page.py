"""Saved answers, and visitors' feedback on them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.http.rate_limits import limit_form
from prediction.models import Feedback, Prediction
from prediction.pages.fields import EVERYONE
from prediction.pages.home import PredictionForm, question_page
from prediction.pages.saved.embedding import embedding_of
from prediction.pages.saved.own import Own, visitor_of
from prediction.pages.saved.voice import voice_of
from prediction.serving.evidence.change import with_change
from prediction.serving.evidence.closest import closest_tweets
from prediction.serving.evidence.why import whys
from prediction.serving.result import Result
from prediction.serving.saved import FullError, count_saving, restore, save
from tweets.models import User, UserQuerySet

# Servers take addresses of some 4,000 characters.
LONGEST_GROUP = 150


class FeedbackForm(forms.Form):
    """Who really wrote the text of a saved prediction."""

    SOMEBODY_ELSE = "somebody else"
    author = forms.CharField(
        error_messages={"required": "Say who wrote it, or somebody else"}
    )

    def __init__(self, *args: Any, group: UserQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def clean_author(self) -> User | None:
        """Return the named user of the group; None for somebody else."""
        handle = self.cleaned_data["author"]
        if handle == self.SOMEBODY_ELSE:
            return None
        author = self.group.by_handle(handle).first()
        if author is None:
            raise forms.ValidationError("Pick one of the people on this page")
        return author


@require_POST
@limit_form
def create(request: HttpRequest) -> HttpResponse:
    form = PredictionForm(request.POST)
    result = form.answer()
    if result is None:
        return question_page(request, form, status=422)
    try:
        count_saving(request, request.user)
    except FullError as error:
        form.add_error("text", str(error))
        return question_page(request, form, result, status=422)
    style_only = form.cleaned_data["style_only"]
    explained = with_change(result, style_only=style_only)
    saved = save(explained, style_only=style_only, account=request.user)
    messages.success(request, "Saved. Anybody with this page’s address can see it.")
    place = "#feedback" if request.POST.get("then") == "feedback" else ""
    response = redirect(saved.get_absolute_url() + place)
    Own.of(request).with_saved(saved.slug).keep(response)
    return response


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    saved = _find(slug)
    saved.note_opening()
    return _page(request, saved, FeedbackForm(group=saved.group.all()))


@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete an answer of no account; only the browser that saved it can."""
    if slug not in Own.of(request).saved:
        raise Http404
    get_object_or_404(Prediction, slug=slug, account=None).delete()
    messages.success(request, "It is deleted; its address no longer works.")
    return redirect("prediction:home")


@require_POST
@limit_form
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    saved = _find(slug)
    if saved.result.get("voice"):
        raise Http404  # a longer text is no tweet to learn from
    form = FeedbackForm(request.POST, group=saved.group.all())
    if not form.is_valid():
        return _page(request, saved, form, status=422)
    try:
        with transaction.atomic():
            Feedback.objects.create(
                prediction=saved,
                author=form.cleaned_data["author"],
                visitor=visitor_of(request),
            )
    except IntegrityError:
        is_own = slug in Own.of(request).judged
        who = "You have" if is_own else "Somebody with your address has"
        messages.info(request, f"{who} already told us about this one. Thank you!")
        return redirect(saved)
    messages.success(request, "Thank you! It counts once staff have checked it.")
    response = redirect(saved)
    Own.of(request).with_judged(slug).keep(response)
    return response


def _find(slug: str) -> Prediction:
    return get_object_or_404(Prediction.objects.shown(), slug=slug)


def _asked(saved: Prediction, result: Result) -> dict[str, Any]:
    """Return the question, to ask it again in other words."""
    handles = [user.handle for user in result.members]
    is_long = len(handles) > LONGEST_GROUP
    return {
        "users": [EVERYONE] if result.others or is_long else handles,
        "style_only": saved.style_only,
        "engine": saved.engine,
    }


def _page(
    request: HttpRequest, saved: Prediction, form: FeedbackForm, status: int = 200
) -> HttpResponse:
    result = restore(saved)
    own = Own.of(request)
    told = saved.feedback.filter(visitor=visitor_of(request))
    if not (request.user.is_authenticated or saved.slug in own.judged):
        told = told.none()
    voice = voice_of(saved, result)
    context = {
        "saved": saved,
        "result": result,
        "voice": voice,
        "course": voice and voice.course,
        "lines": voice and voice.lines,
        "asked": _asked(saved, result),
        "whys": whys(result, style_only=saved.style_only),
        "closest": closest_tweets(result.best.user, result.text),
        "form": form,
        "own_feedback": told.select_related("author").first(),
        "is_own": saved.account_id is None and saved.slug in own.saved,
        "kept_days": settings.SAVED_ANSWER_DAYS if saved.account_id is None else 0,
        "address": request.build_absolute_uri(saved.get_absolute_url()),
        "embedding": embedding_of(request, saved, result),
    }
    return render(request, "prediction/saved.html", context, status=status)
