"""The admin pages that delete all tweets and load the demo users."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from tweets.demo import load_demo, real_people, remove_demo
from tweets.models import Gap, Tweet, User
from tweets.store.deletion import reset_tweets

WORD = "reset"


class ResetForm(forms.Form):
    word = forms.CharField(
        label=f"Type the word {WORD}", widget=forms.TextInput({"autocomplete": "off"})
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip().lower()
        if word != WORD:
            raise forms.ValidationError(f"That is not the word {WORD}.")
        return word


def reset_everything_view(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    """Show what will be deleted; delete it once the word was typed."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _reset(request)
    context: dict[str, Any] = site.each_context(request) | {
        "title": "Reset everything",
        "form": form,
        "opts": User._meta,  # noqa: SLF001 - Django's public name for it
        "users": User.objects.count(),
        "tweets": Tweet.objects.count(),
        "gaps": Gap.objects.count(),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/tweets/reset.html", context, status=status)


@require_POST
def load_demo_view(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    """Store the fictional users that come with HypoTweet; ask where others are."""
    people = real_people()
    if people and request.POST.get("sure") != "yes":
        return _demo_page(request, site, "Load the demo", people=people)
    report = load_demo()
    messages.success(
        request,
        f"{report.users} demo users are here; {report.stored:,} of their tweets were "
        "new.",
    )
    for handle in report.taken:
        messages.warning(
            request, f"@{handle} is a real user here, so this demo user was left out."
        )
    return _user_list()


@require_POST
def remove_demo_view(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    """Delete the fictional users once that was confirmed."""
    if request.POST.get("sure") != "yes":
        fictional = User.objects.filter(source=User.Source.DEMO)
        return _demo_page(request, site, "Remove the demo", fictional=fictional)
    messages.success(request, f"{remove_demo()} demo users were removed.")
    return _user_list()


def _demo_page(
    request: HttpRequest, site: admin.AdminSite, title: str, **shown: Any
) -> HttpResponse:
    context = site.each_context(request) | shown
    context |= {"title": title, "opts": User._meta}  # noqa: SLF001 - its public name
    return TemplateResponse(request, "admin/tweets/demo.html", context)


def _reset(request: HttpRequest) -> HttpResponse:
    users = User.objects.filter(tweet_count__gt=0) | User.objects.exclude(
        newest_x_id=None
    )
    LogEntry.objects.log_actions(
        str(request.user.pk), users, CHANGE, change_message="Reset everything."
    )
    deleted = reset_tweets(User.objects.all())
    messages.success(
        request,
        f"All {deleted:,} tweets were deleted. The users are still there: refresh "
        "them, import files, or load the demo users.",
    )
    return _user_list()


def _user_list() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:tweets_user_changelist"))
