"""What the engine built, and what visitors saved and said; one module a subject."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from prediction.admin.feedback import FeedbackAdmin
from prediction.admin.users import UserWithSignatureAdmin
from prediction.models import Background, Prediction, Signature

__all__ = ["FeedbackAdmin", "UserWithSignatureAdmin"]


class Freshness(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [("fresh", "up to date"), ("stale", "stale")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Signature]
    ) -> QuerySet[Signature]:
        signatures = Signature.objects.filter(pk__in=queryset.values("pk"))
        if self.value() == "fresh":
            return signatures.fresh()
        if self.value() == "stale":
            return signatures.stale()
        return queryset


class BuiltByTheEngine(admin.ModelAdmin):
    """What the engine builds can be looked at and deleted, not typed in."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: object | None = None
    ) -> bool:
        return False


@admin.register(Signature)
class SignatureAdmin(BuiltByTheEngine):
    list_display = ("user", "background", "tweet_count", "held_out_count", "built_at")
    list_filter = (Freshness, "background")
    search_fields = ("user__handle",)
    list_select_related = ("user",)
    exclude = ("model", "held_out")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        return super().get_queryset(request).defer("model", "held_out")


@admin.register(Background)
class BackgroundAdmin(BuiltByTheEngine):
    list_display = ("__str__", "is_current", "tweet_count", "user_count", "built_at")
    exclude = ("sample", "weighting")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Background]:
        return super().get_queryset(request).defer("sample", "weighting")


@admin.register(Prediction)
class PredictionAdmin(BuiltByTheEngine):
    list_display = ("__str__", "best", "engine", "account", "created_at")
    list_filter = ("engine", "created_at")
    search_fields = ("text", "=slug", "best__handle")
    list_select_related = ("best", "account")
    fields = ("text", "group", "best", "engine", "style_only", "account", "created_at")
    readonly_fields = ("created_at",)
    show_full_result_count = False
