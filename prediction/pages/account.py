"""The saved predictions on a visitor's own account page."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Account
from accounts.signals import Section, account_deleted, account_page_shown

PREDICTIONS_A_PAGE = 25


@receiver(account_page_shown)
def saved_predictions(request: HttpRequest, **kwargs: Any) -> Section:
    saved = _account(request).predictions.shown().select_related("best")
    paginator = Paginator(saved, PREDICTIONS_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return Section("prediction/_saved_on_account.html", {"page": page})


@receiver(account_deleted)
def delete_all(account: Account, **kwargs: Any) -> None:
    """Delete what somebody saved who deletes their account."""
    account.predictions.all().delete()
    account.batches.all().delete()


@require_POST
@login_required
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    get_object_or_404(_account(request).predictions, slug=slug).delete()
    messages.success(request, "It is deleted; its address no longer works.")
    return redirect("accounts:own")


def _account(request: HttpRequest) -> Account:
    return cast("Account", request.user)  # behind login_required
