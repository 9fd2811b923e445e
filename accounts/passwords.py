"""Changing a password, and resetting a forgotten one by e-mail."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from accounts.tasks import send_reset_mails
from common.audit import record
from common.http.rate_limits import TooManyRequestsError, count_request, limit_posts


class ChangePassword(views.PasswordChangeView):
    template_name = "registration/change_password.html"
    success_url = reverse_lazy("accounts:own")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        record("password changed", form.user)
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)


class ResetForm(PasswordResetForm):
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Queue the mails without looking up the address, so that the response and the
        time it takes are the same for known and unknown addresses."""
        request: HttpRequest = kwargs["request"]
        email = self.cleaned_data["email"]
        try:
            count_request("reset", email.lower(), settings.RESETS_PER_MAILBOX)
        except TooManyRequestsError:
            return
        send_reset_mails.enqueue(email, f"{request.scheme}://{request.get_host()}")


@method_decorator(
    limit_posts("resets", lambda: settings.RESETS_PER_ADDRESS), name="dispatch"
)
class AskForReset(views.PasswordResetView):
    template_name = "registration/ask_for_reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("accounts:reset-sent")


class ResetSent(views.PasswordResetDoneView):
    template_name = "registration/reset_sent.html"


class ConfirmReset(views.PasswordResetConfirmView):
    template_name = "registration/confirm_reset.html"
    success_url = reverse_lazy("accounts:sign-in")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        record("password reset", form.user, "by mail")
        messages.success(self.request, "Your password is changed; sign in with it.")
        return super().form_valid(form)
