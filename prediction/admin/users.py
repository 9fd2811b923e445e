"""Users in the admin, with their signatures and held-out accuracy."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from common.audit import queue
from prediction import tasks
from prediction.models import Signature
from prediction.training.feedback import accepted_texts
from tweets.admin import UserAdmin
from tweets.admin.user_actions import is_confirmed
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


class HoldoutChangeList(ChangeList):
    """Adds each user's held-out accuracy within the group of users on the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown = list(self.result_list)[: self.list_per_page]
        with_signature = [user for user in shown if user.has_fresh_signature]
        shares = held_out_shares(with_signature)
        for user in self.result_list:
            user.held_out_share = shares.get(user.pk)


def held_out_shares(users: Sequence[User]) -> dict[int, float]:
    """Return, by user id, the share of held-out tweets that the group of these users
    attributes to their author. All signatures must be up to date."""
    if len(users) < 2:
        return {}
    # Imported late: numpy and scipy would slow every command down.
    from prediction.serving.loader import compose_small

    composed = compose_small(users)
    report = composed.group.calibration.report
    if report is None:
        return {}
    rows = zip(composed.members, report.confusion, strict=True)
    return {
        user.pk: row[place] / max(sum(row), 1) for place, (user, row) in enumerate(rows)
    }


def _is_fresh() -> Exists:
    """The user's signature in the version in use is up to date."""
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
    list_display: tuple[str, ...] = (
        *UserAdmin.list_display[:4],
        "signature",
        "held_out",
        *UserAdmin.list_display[4:],
    )
    list_filter: ClassVar[tuple[Any, ...]] = (*UserAdmin.list_filter, SignatureState)
    readonly_fields: ClassVar[tuple[str, ...]] = (
        *UserAdmin.readonly_fields,
        "from_feedback",
    )
    actions: tuple[str, ...] = (*UserAdmin.actions, "rebuild_signature")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users.annotate(has_fresh_signature=_is_fresh())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return HoldoutChangeList

    def has_rebuild_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("prediction.add_signature")

    @admin.display(boolean=True, ordering="has_fresh_signature")
    def signature(self, user: User) -> bool:
        return bool(user.has_fresh_signature)  # type: ignore[attr-defined]

    @admin.display(description="share right")
    def held_out(self, user: User) -> str:
        share = getattr(user, "held_out_share", None)
        return "–" if share is None else f"{share:.0%}"

    @admin.display(description="accepted feedback")
    def from_feedback(self, user: User) -> SafeString | str:
        texts = accepted_texts(user.pk) if user.pk else []
        return f"{len(texts)} texts train this user too" if texts else "none"

    @admin.action(description="Rebuild signature", permissions=["rebuild"])
    def rebuild_signature(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        if request.POST.get("ask") == "yes" and not is_confirmed(request):
            return self.confirm(
                request, queryset, "Rebuild signature", "rebuild_signature"
            )
        chosen = list(queryset)
        ids = [user.pk for user in chosen]
        queue(
            tasks.rebuild_signatures,
            ids,
            action="asked for a rebuild",
            target=chosen[0] if len(chosen) == 1 else None,
            summary="" if len(chosen) == 1 else f"{len(chosen):,} users",
        )
        messages.success(
            request, f"{len(ids):,} signatures are being rebuilt in the background."
        )
        return None
