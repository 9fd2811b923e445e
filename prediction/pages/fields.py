"""Form fields that several pages share."""

from typing import Any

from django import forms

from prediction.serving.question import (
    LISTED,
    QuestionError,
    choose_everyone,
    choose_group,
    clean_text,
)
from tweets.models import User

EVERYONE = "all"


class PeopleField(forms.Field):
    """Handles of listed users; cleans to the users. The word `all` means everyone."""

    widget = forms.SelectMultiple

    def to_python(self, value: list[str] | None) -> list[User]:
        handles = [handle for handle in value or [] if handle.strip()]
        try:
            if EVERYONE in handles:
                return choose_everyone(LISTED)
            return choose_group(handles, LISTED)
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None

    def validate(self, value: Any) -> None:
        """`to_python` has already refused an empty choice, in our own words."""


class TweetField(forms.Field):
    """The hypothetical tweet, as typed."""

    widget = forms.Textarea

    def to_python(self, value: str | None) -> str:
        try:
            return clean_text(value or "")
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None

    def validate(self, value: Any) -> None:
        """`to_python` has already refused a blank text, in our own words."""


class PlainTextField(forms.CharField):
    """Text of any kind, without NUL characters, which no database stores."""

    def to_python(self, value: str | None) -> str:
        return str(super().to_python((value or "").replace("\0", "")))
