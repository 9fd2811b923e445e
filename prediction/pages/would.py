"""The page "Would they have written this?" of one person."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from common.http.rate_limits import limit_questions
from prediction.pages.fields import TweetField
from prediction.serving.question import LISTED, MAX_CHARACTERS
from prediction.serving.verification.verification import Verification, verify
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.models import User


class WouldForm(forms.Form):
    text = TweetField(label="What would they tweet?")
    max_characters = MAX_CHARACTERS

    def verify(self, user: User) -> Verification | None:
        """Answer the question; None, with errors at the field, if that fails."""
        if not self.is_valid():
            return None
        try:
            return verify(user, [self.cleaned_data["text"]], LISTED)[0]
        except NotEnoughUsersError as error:
            self.add_error("text", str(error))
            return None


@limit_questions
def would(request: HttpRequest, handle: str) -> HttpResponse:
    """Ask and answer. The form posts, so that no address or log holds the text."""
    shown = get_object_or_404(User.objects.listed().by_handle(handle))
    asked = request.POST if request.method == "POST" else request.GET
    is_asked = request.method == "POST" or "text" in request.GET
    form = WouldForm(asked if is_asked else None)
    found = form.verify(shown) if is_asked and shown.is_predictable else None
    return render(
        request,
        "prediction/would.html",
        {"shown": shown, "form": form, "found": found},
        status=422 if is_asked and found is None else 200,
    )
