"""The form that makes an API key."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.models import Account, ApiKey, Scope

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "a year", "": "until revoked"}


class ApiKeyForm(forms.ModelForm):
    """Makes a key for an account, without scopes that its owner could not use."""

    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.PREDICT, Scope.READ],
        error_messages={"required": "Tick what the key may be used for"},
    )
    lifetime = forms.ChoiceField(
        choices=LIFETIMES.items(), required=False, label="Works for", initial="365"
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if not may_manage(account):
            self.fields["scopes"].choices = [  # type: ignore[attr-defined]
                choice for choice in Scope.choices if choice[0] != Scope.MANAGE
            ]

    def clean(self) -> dict[str, Any]:
        limit = settings.MAX_KEYS_PER_ACCOUNT
        if self.account.api_keys.usable().count() >= limit:
            raise forms.ValidationError(f"At most {limit} keys; revoke one first.")
        return self.cleaned_data

    def issue(self) -> str:
        """Store the key and return its token, which is shown only once."""
        key: ApiKey = self.save(commit=False)
        key.account = self.account
        if days := self.cleaned_data["lifetime"]:
            key.expires_at = timezone.now() + timedelta(days=int(days))
        return ApiKey.objects.issue(key)


def may_manage(account: Account) -> bool:
    """Whether a key of this account could do anything with the scope `manage`."""
    return any(account.has_perm(name) for name in settings.MANAGE_PERMISSIONS)
