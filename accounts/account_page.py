"""The page of one's own account: its API keys, and sections that other apps add."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.keys import ApiKeyForm
from accounts.models import Account
from accounts.signals import Section, account_page_shown


@never_cache
@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    return _page(request, ApiKeyForm(account=_account(request)))


@never_cache
@require_POST
@login_required
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key and show its token now, since the token itself is not stored."""
    account = _account(request)
    form = ApiKeyForm(request.POST, account=account)
    if not form.is_valid():
        return _page(request, form, status=422)
    token = form.issue()
    return _page(request, ApiKeyForm(account=account), new_key=token)


@require_POST
@login_required
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    keys = _account(request).api_keys.filter(pk=pk)
    if not keys:
        raise Http404
    keys.revoke()
    messages.success(request, f"The key {keys[0].name} no longer works.")
    return redirect("accounts:own")


def _page(
    request: HttpRequest, form: ApiKeyForm, new_key: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "token": new_key,
        "keys": _account(request).api_keys.filter(revoked_at=None),
        "sections": _sections(request),
        "api_docs": settings.API_DOCS,
    }
    return render(request, "accounts/own.html", context, status=status)


def _sections(request: HttpRequest) -> list[SafeString]:
    """Render what the receivers of `account_page_shown` add to the page."""
    answers = account_page_shown.send(sender=None, request=request)
    sections = [cast("Section", answer) for _, answer in answers]
    return [
        render_to_string(section.template, section.context, request)
        for section in sections
    ]


def _account(request: HttpRequest) -> Account:
    return cast("Account", request.user)  # behind login_required
