"""The question as a visitor asks it."""

from typing import Any, cast

from django import forms
from django.http import QueryDict

from prediction.questions import (
    MAX_CHARACTERS,
    QuestionError,
    choose_everyone,
    choose_group,
    clean_text,
)
from tweets.models import User


class PeopleField(forms.Field):
    """Handles of listed users; becomes the users. The word `all` means everyone."""

    widget = forms.SelectMultiple

    def to_python(self, value: list[str] | None) -> list[User]:
        handles = [handle for handle in value or [] if handle.strip()]
        listed = User.objects.listed()
        try:
            if handles == ["all"]:
                return choose_everyone(listed)
            return choose_group(handles, listed)
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None

    def validate(self, value: Any) -> None:
        """An empty choice is refused above, in the same words as everywhere."""


class TweetField(forms.Field):
    """The hypothetical tweet, as typed."""

    widget = forms.Textarea

    def to_python(self, value: str | None) -> str:
        try:
            return clean_text(value or "")
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None

    def validate(self, value: Any) -> None:
        """A blank text is refused above, in the same words as everywhere."""


class PredictionForm(forms.Form):
    users = PeopleField(label="Who could have written it?")
    text = TweetField(label="What would they tweet?")
    style_only = forms.BooleanField(
        label="Judge the style only: ignore links, mentions and hashtags",
        required=False,
    )
    max_characters = MAX_CHARACTERS

    def chosen_handles(self) -> list[str]:
        """What is picked now, as it was sent, so that nothing picked gets lost."""
        if self.is_bound:
            return cast(QueryDict, self.data).getlist("users")
        return cast(list[str], self.initial.get("users", []))

    def choices(self) -> list[tuple[User, bool]]:
        """Users to pick from: everyone picked, then others, with whether picked."""
        chosen = User.objects.listed().by_handles(self.chosen_handles())
        picked = {user.pk for user in chosen}
        others = User.objects.listed().predictable()[:100]
        shown = {user.pk: user for user in [*chosen, *others]}.values()
        return [
            (user, user.pk in picked)
            for user in sorted(shown, key=lambda user: user.handle.lower())
        ]
