"""Signatures and backgrounds in the admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from prediction.admin.read_only import ReadOnlyAdmin
from prediction.models import Background, Signature


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


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ("user", "background", "tweet_count", "held_out_count", "built_at")
    list_filter = (Freshness, "background__is_current")
    search_fields = ("user__handle",)
    list_select_related = ("user", "background")
    exclude = ("model", "held_out")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        heavy = ("model", "held_out", "background__sample", "background__weighting")
        return super().get_queryset(request).defer(*heavy)


@admin.register(Background)
class BackgroundAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "is_current", "tweet_count", "user_count", "built_at")
    exclude = ("sample", "weighting")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Background]:
        return super().get_queryset(request).defer("sample", "weighting")
