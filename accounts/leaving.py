"""Deleting one's own account."""

from typing import Any, cast

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Account
from accounts.signals import account_deleted
from common.audit import record
from common.http.rate_limits import count_request

TRIES = (10, 900)


class LeavingForm(forms.Form):
    """Takes the password of whoever is signed in."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.account.check_password(password):
            raise forms.ValidationError("This is not your password")
        return password


@sensitive_post_parameters()
@never_cache
@login_required
def leave(request: HttpRequest) -> HttpResponse:
    """Delete the account with its keys and what it saved, once the password is given.

    Staff ask an operator: the log of the admin goes with an account.
    """
    account = cast("Account", request.user)
    if request.method == "POST" and not account.is_staff:
        count_request("leaving", str(account.pk), TRIES)
        form = LeavingForm(request.POST, account=account)
        if form.is_valid():
            delete_account(account)
            logout(request)
            messages.success(request, "Your account is deleted.")
            return redirect("accounts:sign-in")
    else:
        form = LeavingForm(account=account)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/leave.html", {"form": form}, status=status)


def delete_account(account: Account) -> None:
    """Delete an account and everything that other apps keep for it."""
    with transaction.atomic():
        account_deleted.send(Account, account=account)
        for log in (AccessAttempt, AccessFailureLog, AccessLog):
            log.objects.filter(username=account.get_username()).delete()
        known_as = f"account {account.pk}"
        account.delete()
        record("account deleted", summary=known_as)
