"""Looking for users."""

from django import forms
from django.db.models import F
from django.db.models.functions import Lower

from tweets.models import User, UserQuerySet

SORTS = {
    "name": ("A to Z", Lower("handle")),
    "tweets": ("Most tweets", F("tweet_count").desc()),
    "fresh": ("Newest here", F("refreshed_at").desc(nulls_last=True)),
}
KINDS = {"": "Everybody", "ready": "Ready to predict", "fictional": "Fictional"}


class UserSearchForm(forms.Form):
    """All fields are optional; what makes no sense is as good as left out."""

    q = forms.CharField(required=False, max_length=100, label="Name or handle")
    kind = forms.ChoiceField(required=False, label="Show", choices=KINDS.items())
    sort = forms.ChoiceField(
        required=False,
        label="Sort by",
        choices=[(key, label) for key, (label, _) in SORTS.items()],
    )

    def results(self) -> UserQuerySet:
        self.full_clean()
        asked = self.cleaned_data
        found = User.objects.listed().search(asked.get("q", ""))
        if asked.get("kind") == "ready":
            found = found.predictable()
        if asked.get("kind") == "fictional":
            found = found.filter(source=User.Source.DEMO)
        _, ordering = SORTS[asked.get("sort") or "name"]
        return found.order_by(ordering, Lower("handle"))
