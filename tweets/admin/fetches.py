"""The admin page of fetches from X: read-only."""

from django.contrib import admin
from django.http import HttpRequest

from common.audit.audited import AuditedAdmin
from tweets.models import Fetch


@admin.register(Fetch)
class FetchAdmin(AuditedAdmin):
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
