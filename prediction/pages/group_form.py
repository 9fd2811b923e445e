"""The part that every form with a question shares: the group to choose among."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from django import forms
from django.conf import settings
from django.http import QueryDict

from prediction.pages.fields import EVERYONE, PeopleField
from prediction.serving import predictor
from prediction.serving.question import LISTED, MAX_CHARACTERS, QuestionError
from prediction.serving.result import Result
from prediction.serving.verbatim import recognised
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.models import User

Answer = TypeVar("Answer")

OFFERED = 40


class GroupForm(forms.Form):
    """Whom to choose among, and how."""

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

    def predict(self, text: str) -> Result | None:
        """Answer one text with the cleaned group; None, with an error at the field,
        if that fails."""
        result = self._ask(predictor.predict, text)
        return recognised([result], LISTED)[0] if result else None

    def predict_many(self, texts: Sequence[str]) -> list[Result]:
        """Answer texts with the cleaned group; an empty list, with an error at the
        field, if that fails."""
        return recognised(self._ask(predictor.predict_many, texts) or [], LISTED)

    def _ask(self, predict: Callable[..., Answer], asked: object) -> Answer | None:
        try:
            return predict(
                self.cleaned_data["users"],
                asked,
                engine=self.cleaned_data["engine"],
                style_only=self.cleaned_data["style_only"],
            )
        except QuestionError as error:
            self.add_error(error.field, error.message)
        except NotEnoughUsersError as error:
            self.add_error("users", str(error))
        return None

    @property
    def engines(self) -> list[tuple[str, str]]:
        """Engines to choose from; empty unless the spaCy pipeline has vectors."""
        fields: Any = self.fields["engine"]
        picked = self["engine"].value()
        blank = settings.SPACY_PIPELINE.startswith("blank:")
        return [] if blank and picked != predictor.VECTORS else list(fields.choices)

    @property
    def handles(self) -> list[str]:
        """Handles picked so far, exactly as sent, so that none is lost."""
        if self.is_bound:
            return cast(QueryDict, self.data).getlist("users")
        return cast(list[str], self.initial.get("users", []))

    @property
    def everyone(self) -> bool:
        return EVERYONE in self.handles

    def choices(self) -> list[tuple[User, bool]]:
        """Users to pick from and whether each is picked; picked ones come first."""
        listed = User.objects.listed()
        picked = list(listed.by_handles(self.handles))
        others = listed.predictable().exclude(pk__in=[user.pk for user in picked])
        return [(user, True) for user in picked] + [
            (user, False) for user in others[:OFFERED]
        ]
