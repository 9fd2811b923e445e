"""Registers the admin pages of this app."""

from django.contrib import admin
from django.http import HttpRequest

from tweets.admin.tweets import TweetAdmin
from tweets.admin.uploads import UploadAdmin
from tweets.admin.users import UserAdmin
from tweets.models import Fetch, OptOut

__all__ = ["TweetAdmin", "UploadAdmin", "UserAdmin"]


@admin.register(Fetch)
class FetchAdmin(admin.ModelAdmin):
    list_display = (
        "user",
        "started_at",
        "finished_at",
        "outcome",
        "posts_read",
        "tweets_stored",
        "message",
    )
    list_filter = ("outcome", "started_at")
    search_fields = ("user__handle", "message")
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Fetch | None = None
    ) -> bool:
        return False


@admin.register(OptOut)
class OptOutAdmin(admin.ModelAdmin):
    list_display = ("handle", "x_id", "created_at")
    search_fields = ("handle", "=x_id")
