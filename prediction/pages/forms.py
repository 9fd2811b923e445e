"""The question as a visitor asks it."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from prediction.serving import predictor
from prediction.serving.batch import BatchError, texts_of_file, texts_of_lines
from prediction.serving.question import (
    LISTED,
    MAX_CHARACTERS,
    QuestionError,
    choose_everyone,
    choose_group,
    clean_text,
)
from prediction.serving.voice import in_pieces
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.models import User, UserQuerySet

EVERYONE = "all"
OFFERED = 40


class PeopleField(forms.Field):
    """Handles of listed users; becomes the users. The word `all` means everyone."""

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


class GroupForm(forms.Form):
    """Who is chosen among; every form that asks has this part."""

    users = PeopleField(label="Who could have written it?")
    style_only = forms.BooleanField(
        label="Judge the style only: ignore links, mentions and hashtags",
        required=False,
    )
    engine = forms.ChoiceField(
        label="Engine",
        required=False,
        choices=[
            (predictor.ENGINE, "Signatures"),
            (predictor.VECTORS, "Word vectors, the classic way"),
        ],
    )
    max_characters = MAX_CHARACTERS

    def clean_engine(self) -> str:
        return self.cleaned_data["engine"] or predictor.ENGINE

    def predict(self, texts: Sequence[str]) -> list[predictor.Result]:
        """Answers to a form that was found valid; none, and an error at the field,
        where the engine cannot give them."""
        asked = self.cleaned_data
        try:
            return predictor.predict_many(
                asked["users"],
                texts,
                engine=asked["engine"],
                style_only=asked["style_only"],
            )
        except QuestionError as error:
            self.add_error(error.field, error.message)
        except NotEnoughUsersError as error:
            self.add_error("users", str(error))
        return []

    @property
    def engines(self) -> list[tuple[str, str]]:
        """What there is to choose from: nothing, unless the pipeline has vectors."""
        fields: Any = self.fields["engine"]
        picked = self["engine"].value()
        blank = settings.SPACY_PIPELINE.startswith("blank:")
        return [] if blank and picked != predictor.VECTORS else list(fields.choices)

    @property
    def handles(self) -> list[str]:
        """What is picked now, as it was sent, so that nothing picked gets lost."""
        if self.is_bound:
            return cast(QueryDict, self.data).getlist("users")
        return cast(list[str], self.initial.get("users", []))

    @property
    def everyone(self) -> bool:
        return EVERYONE in self.handles

    def choices(self) -> list[tuple[User, bool]]:
        """Users to pick from, with whether picked: those picked stand first."""
        listed = User.objects.listed()
        picked = list(listed.by_handles(self.handles))
        others = listed.predictable().exclude(pk__in=[user.pk for user in picked])
        return [(user, True) for user in picked] + [
            (user, False) for user in others[:OFFERED]
        ]


class PredictionForm(GroupForm):
    text = TweetField(label="What would they tweet?")

    def answer(self) -> predictor.Result | None:
        """The answer; None, and errors at the fields, where there is none."""
        if not self.is_valid():
            return None
        return next(iter(self.predict([self.cleaned_data["text"]])), None)

    @property
    def asked(self) -> dict[str, Any]:
        """The same question again, as hidden fields of another form carry it."""
        return {
            "users": self.handles,
            "text": self["text"].value() or "",
            "style_only": bool(self["style_only"].value()),
            "engine": self["engine"].value() or predictor.ENGINE,
        }


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
        """The user of the group that was named; None for somebody else."""
        handle = self.cleaned_data["author"]
        if handle == self.SOMEBODY_ELSE:
            return None
        author = self.group.by_handle(handle).first()
        if author is None:
            raise forms.ValidationError("Pick one of the people on this page")
        return author


class PlainTextField(forms.CharField):
    """Text of any kind; NUL, which no database takes, is left out."""

    def to_python(self, value: str | None) -> str:
        return str(super().to_python((value or "").replace("\0", "")))


class VoiceForm(forms.Form):
    """A longer text, or tweets one a line, to be set against everybody."""

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
            self.pieces = in_pieces(self.cleaned_data["text"])
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None
        return "\n".join(self.pieces)

    def clean(self) -> dict[str, Any]:
        try:
            everyone = choose_everyone(LISTED)
        except QuestionError as error:
            raise forms.ValidationError(error.message) from None
        return {**self.cleaned_data, "users": everyone}


class BatchForm(GroupForm):
    """Up to 500 texts, pasted one a line or from a file, for one group."""

    LARGEST = 2_000_000
    texts = PlainTextField(required=False, strip=False)
    file = forms.FileField(required=False, max_length=200)

    def clean_file(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload and (upload.size or 0) > self.LARGEST:
            raise forms.ValidationError("At most 2 MB")
        return upload

    def clean(self) -> dict[str, Any]:
        upload = self.cleaned_data.get("file")
        try:
            if upload:
                self.lines = texts_of_file(upload.name or "", upload.read())
            else:
                self.lines = texts_of_lines(self.cleaned_data.get("texts", ""))
        except BatchError as error:
            self.add_error("file" if upload else "texts", str(error))
        return self.cleaned_data
