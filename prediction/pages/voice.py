"""The page "Whose voice is this?": a longer text against everybody."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.http.rate_limits import bounded, cost_of, count_form_work, limit_form
from prediction.pages.fields import PlainTextField
from prediction.serving.evidence.why import whys
from prediction.serving.question import LISTED, QuestionError, choose_everyone
from prediction.serving.voice import Voice, rank_voices, split_into_pieces
from tweets.models import User


class VoiceForm(forms.Form):
    """A longer text, or tweets one a line."""

    LONGEST = 25_000
    text = PlainTextField(
        max_length=LONGEST,
        label="Text, or tweets one a line",
        error_messages={
            "required": "Enter a text",
            "max_length": f"At most {LONGEST:,} characters; this has %(show_value)s",
        },
    )
    title = PlainTextField(required=False, max_length=120)
    category = PlainTextField(required=False, max_length=60)

    def clean_text(self) -> str:
        try:
            self.pieces = split_into_pieces(self.cleaned_data["text"])
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None
        return "\n".join(self.pieces)

    def clean(self) -> dict[str, Any]:
        try:
            everyone = choose_everyone(LISTED)
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None
        return {**self.cleaned_data, "users": everyone}


@limit_form
def voice(request: HttpRequest) -> HttpResponse:
    """Rank everybody. The text comes by POST, so no address or log holds it."""
    form = VoiceForm(request.POST if request.method == "POST" else None)
    return voice_page(request, form, answer(request, form) if form.is_valid() else None)


def answer(request: HttpRequest, form: VoiceForm) -> Voice:
    """Answer a valid form. Raises TooManyRequestsError."""
    users = form.cleaned_data["users"]
    cost = cost_of(form.pieces, len(users))
    count_form_work(request, cost)
    with bounded(cost):
        return rank_voices(users, form.pieces)


def voice_page(
    request: HttpRequest, form: VoiceForm, found: Voice | None
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "ready": User.objects.listed().everyone().count(),
        "voice": found,
    }
    if found:
        context |= {
            "result": found.result,
            "course": found.course,
            "lines": found.lines,
            "whys": whys(found.result),
        }
    status = 422 if form.errors else 200
    return render(request, "prediction/voice/page.html", context, status=status)
