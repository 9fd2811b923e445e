"""Signing up, where ALLOW_SIGNUP is on."""

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Account
from common.audit import record
from common.http.rate_limits import limit_posts


class SignUpForm(UserCreationForm):
    email = forms.EmailField(
        required=False, help_text="Only to reset a forgotten password."
    )

    class Meta:
        model = Account
        fields = ("username", "email")


@sensitive_post_parameters()
@never_cache
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """Create an account and sign in. Raises Http404 unless the site allows it."""
    if not settings.ALLOW_SIGNUP:
        raise Http404
    return _sign_up(request)


@limit_posts("sign up", lambda: settings.SIGN_UPS_PER_ADDRESS)
def _sign_up(request: HttpRequest) -> HttpResponse:
    form = SignUpForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            account = form.save()
            record("signed up", account)
        login(request, account, "django.contrib.auth.backends.ModelBackend")
        return redirect(settings.LOGIN_REDIRECT_URL)
    status = 422 if form.is_bound else 200
    return render(request, "registration/sign_up.html", {"form": form}, status=status)
