"""Saved predictions in the admin."""

from django.contrib import admin

from prediction.admin.read_only import ReadOnlyAdmin
from prediction.models import Prediction


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ("beginning", "best", "engine", "account", "created_at")
    list_filter = ("engine", "created_at")
    search_fields = ("text", "=slug", "best__handle")
    list_select_related = ("best", "account")
    fields = ("text", "group", "best", "engine", "style_only", "account", "created_at")
    readonly_fields = ("created_at",)
    show_full_result_count = False

    @admin.display(description="text")
    def beginning(self, saved: Prediction) -> str:
        return saved.text[:60]
