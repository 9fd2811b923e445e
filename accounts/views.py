"""Signing in and out, passwords, and one's own page."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordResetForm
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import ApiKeyForm, SignUpForm
from accounts.models import Account
from accounts.tasks import send_reset_mails
from common.http.addresses import client_address, neighbourhood
from common.http.rate_limits import (
    TooManyRequestsError,
    count_request,
    too_many_requests,
)

PREDICTIONS_A_PAGE = 25
RESETS_PER_ADDRESS = (10, 3600)
RESETS_PER_MAILBOX = (3, 3600)
SIGN_UPS_PER_ADDRESS = (10, 3600)


class SignIn(views.LoginView):
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"allow_signup": settings.ALLOW_SIGNUP}

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class ChangePassword(views.PasswordChangeView):
    template_name = "registration/change_password.html"
    success_url = reverse_lazy("accounts:own")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)


class ResetForm(PasswordResetForm):
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is looked up here: the answer tells nothing about who is known."""
        request: HttpRequest = kwargs["request"]
        email = self.cleaned_data["email"]
        try:
            count_request("reset", email.lower(), RESETS_PER_MAILBOX)
        except TooManyRequestsError:
            return
        send_reset_mails.enqueue(email, f"{request.scheme}://{request.get_host()}")


class AskForReset(views.PasswordResetView):
    template_name = "registration/ask_for_reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("accounts:reset-sent")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            count_request("resets", _whence(request), RESETS_PER_ADDRESS)
        except TooManyRequestsError as error:
            return too_many_requests(request, error)
        return super().post(request, *args, **kwargs)


class ResetSent(views.PasswordResetDoneView):
    template_name = "registration/reset_sent.html"


class ConfirmReset(views.PasswordResetConfirmView):
    template_name = "registration/confirm_reset.html"
    success_url = reverse_lazy("accounts:sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed; sign in with it.")
        return super().form_valid(form)


@method_decorator(never_cache, name="dispatch")
class SignOut(views.LogoutView):
    http_method_names = ["post", "options"]


@sensitive_post_parameters()
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Makes an account, where this site lets people do so themselves."""
    if not settings.ALLOW_SIGNUP:
        raise Http404
    form = SignUpForm(request.POST or None)
    if request.method == "POST":
        try:
            count_request("sign up", _whence(request), SIGN_UPS_PER_ADDRESS)
        except TooManyRequestsError as error:
            return too_many_requests(request, error)
        if form.is_valid():
            login(request, form.save(), "django.contrib.auth.backends.ModelBackend")
            return redirect("accounts:own")
    status = 422 if form.is_bound else 200
    return render(request, "registration/sign_up.html", {"form": form}, status=status)


@never_cache
@require_safe
@login_required
def own(request: HttpRequest) -> HttpResponse:
    """One's API keys and saved predictions."""
    return _own(request, ApiKeyForm(account=_account(request)))


@never_cache
@require_POST
@login_required
def make_key(request: HttpRequest) -> HttpResponse:
    """Shows the new token at once: it is kept nowhere, so it cannot be shown later."""
    account = _account(request)
    form = ApiKeyForm(request.POST, account=account)
    if not form.is_valid():
        return _own(request, form, status=422)
    token = form.issue()
    return _own(request, ApiKeyForm(account=account), shown_once=token)


@require_POST
@login_required
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    keys = _account(request).api_keys.filter(pk=pk)
    if not keys:
        raise Http404
    keys.revoke()
    messages.success(request, f"The key {keys[0].name} no longer works.")
    return redirect("accounts:own")


@require_POST
@login_required
def delete_prediction(request: HttpRequest, slug: str) -> HttpResponse:
    get_object_or_404(_account(request).predictions, slug=slug).delete()
    messages.success(request, "It is deleted; its address no longer works.")
    return redirect("accounts:own")


def _own(
    request: HttpRequest, form: ApiKeyForm, shown_once: str = "", status: int = 200
) -> HttpResponse:
    account = _account(request)
    saved = account.predictions.shown().select_related("best")
    context = {
        "form": form,
        "token": shown_once,
        "keys": account.api_keys.filter(revoked_at=None),
        "page": Paginator(saved, PREDICTIONS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "accounts/own.html", context, status=status)


def _account(request: HttpRequest) -> Account:
    return cast("Account", request.user)  # behind login_required


def _whence(request: HttpRequest) -> str:
    return neighbourhood(client_address(request))
