"""Saving the answer about a longer text, and what its page shows of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common.http.rate_limits import limit_form
from prediction.models import Prediction
from prediction.pages.saved.own import Own
from prediction.pages.voice import VoiceForm, answer, voice_page
from prediction.serving.result import Piece, Result
from prediction.serving.saved import FullError, count_saving, save
from prediction.serving.voice import Course, marked_lines

TITLE, CATEGORY, COURSE = "title", "category", "course"


@dataclass(frozen=True)
class SavedVoice:
    """Labels, course and marked lines of a longer text."""

    title: str
    category: str
    course: Course | None
    lines: list[list[Piece]]


@require_POST
@limit_form
def create(request: HttpRequest) -> HttpResponse:
    form = VoiceForm(request.POST)
    if not form.is_valid():
        return voice_page(request, form, None)
    found = answer(request, form)
    try:
        count_saving(request, request.user)
    except FullError as error:
        form.add_error("text", str(error))
        return voice_page(request, form, found)
    stored = {name: form.cleaned_data[name] for name in (TITLE, CATEGORY)}
    course = found.course.as_json() if found.course else None
    saved = save(
        found.result,
        style_only=False,
        account=request.user,
        voice=stored | {COURSE: course},
    )
    messages.success(request, "Saved. Anybody with this page’s address can see it.")
    response = redirect(saved)
    Own.of(request).with_saved(saved.slug).keep(response)
    return response


def voice_of(saved: Prediction, result: Result) -> SavedVoice | None:
    """Return what is about a longer text; None for any other answer."""
    stored = saved.result.get("voice")
    if not stored:
        return None
    users = {user.pk: user for user in result.members}
    course = stored[COURSE]
    return SavedVoice(
        stored[TITLE],
        stored[CATEGORY],
        Course.of_json(course, users) if course else None,
        marked_lines(result),
    )
