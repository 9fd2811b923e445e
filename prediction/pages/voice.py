"""Whose voice is this?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.http.rate_limits import limit_form
from prediction.pages.forms import VoiceForm
from prediction.serving.voice import rank_voices
from tweets.models import User


@limit_form
def voice(request: HttpRequest) -> HttpResponse:
    """A text comes by POST, so that it stands in no address and in no log."""
    form = VoiceForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "ready": User.objects.listed().predictable().count()}
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "prediction/voice.html", context, status=status)
    context["voice"] = rank_voices(form.cleaned_data["users"], form.pieces)
    return render(request, "prediction/voice.html", context)
