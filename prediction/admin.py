"""Signatures in the admin, also beside the users they belong to."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from prediction.models import Background, Signature
from tweets.admin import UserAdmin
from tweets.models import User


class SignatureState(admin.SimpleListFilter):
    title = "signature"
    parameter_name = "signature"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [("fresh", "up to date"), ("missing", "stale or missing")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> QuerySet[User]:
        if self.value() == "fresh":
            return queryset.filter(_is_fresh())
        if self.value() == "missing":
            return queryset.exclude(_is_fresh())
        return queryset


def _is_fresh() -> Exists:
    """Whether the user's signature in the version in use is up to date."""
    return Exists(
        Signature.objects.filter(
            user=OuterRef("pk"),
            background__is_current=True,
            revision=OuterRef("revision"),
        )
    )


admin.site.unregister(User)


@admin.register(User)
class UserWithSignatureAdmin(UserAdmin):
    list_display: ClassVar[Sequence[str]] = (*UserAdmin.list_display, "signature")
    list_filter: ClassVar[Sequence[Any]] = (*UserAdmin.list_filter, SignatureState)
    actions: ClassVar[Sequence[str]] = (*UserAdmin.actions, "rebuild_signature")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users.annotate(has_fresh_signature=_is_fresh())

    @admin.display(boolean=True, ordering="has_fresh_signature")
    def signature(self, user: User) -> bool:
        return bool(user.has_fresh_signature)  # type: ignore[attr-defined]

    @admin.action(description="Rebuild signature", permissions=["change"])
    def rebuild_signature(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        # Imported late: numpy and scipy would slow every command down.
        from prediction import training

        users = list(queryset)
        built = training.build(users)
        messages.success(request, f"{built:,} signatures built.")
        if left_out := len(users) - built:
            messages.warning(request, f"{left_out:,} users have too few tweets.")


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
