"""The page of all changes. Nobody adds, edits or deletes entries here."""

from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.models import AuditEntry

ALL = "common.view_auditentry"


class WhoFilter(admin.SimpleListFilter):
    """Names staff and the users of the system; visitors are found by searching."""

    title = "who"
    parameter_name = "who"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        entries = model_admin.get_queryset(request).exclude(who="").order_by("who")
        staff = entries.filter(Q(account__is_staff=True) | Q(account=None))
        return [(who, who) for who in staff.values_list("who", flat=True).distinct()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(who=self.value()) if self.value() else queryset


def _titled(name: str, of: type[admin.FieldListFilter]) -> type[admin.FieldListFilter]:
    """Return a filter that calls its field so."""

    class Titled(of):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = name

    return Titled


@admin.register(AuditEntry)
class AuditAdmin(admin.ModelAdmin):
    """Operators see every change; others of the staff those that they made."""

    list_display = ("at", "by", "origin", "action", "about", "what")
    list_display_links = ("at",)
    list_filter = (
        ("action", admin.AllValuesFieldListFilter),
        WhoFilter,
        ("via", _titled("from where", admin.ChoicesFieldListFilter)),
        ("at", _titled("when", admin.DateFieldListFilter)),
    )
    date_hierarchy = "at"
    search_fields = ("who", "action", "target", "summary", "=address", "=key", "=task")
    search_help_text = "A name, a @handle, words of the summary, an address or a task."
    list_per_page = 50
    show_full_result_count = False
    fields: ClassVar[tuple[str, ...]] = (
        "at", "by", "origin", "action", "about", "what", "task",
    )  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AuditEntry | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AuditEntry | None = None
    ) -> bool:
        return False

    def has_view_permission(
        self, request: HttpRequest, obj: AuditEntry | None = None
    ) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        entries: QuerySet[AuditEntry] = super().get_queryset(request)
        if request.user.has_perm(ALL):
            return entries
        return entries.filter(account_id=request.user.pk or 0)

    @admin.display(description="who", ordering="who")
    def by(self, entry: AuditEntry) -> str:
        return entry.who or ("a visitor" if entry.address else "the site itself")

    @admin.display(description="from where")
    def origin(self, entry: AuditEntry) -> str:
        via = entry.get_via_display()
        return f"{via}, {entry.address}" if entry.address else via

    @admin.display(description="of")
    def about(self, entry: AuditEntry) -> SafeString | str:
        if not entry.kind:
            return entry.target or "–"
        shown = entry.target or f"{entry.kind} {entry.key}"
        app, _, model = entry.kind.partition(".")
        try:
            meta = apps.get_model(app, model)._meta  # noqa: SLF001 - its public name
            address = reverse(f"admin:{app}_{model}_change", args=[entry.key])
        except (LookupError, NoReverseMatch):
            return shown
        return format_html('<a href="{}">{} {}</a>', address, meta.verbose_name, shown)

    @admin.display(description="what")
    def what(self, entry: AuditEntry) -> str:
        counts = (
            f"{count:,} {name.replace('_', ' ')}"
            for name, count in entry.counts.items()
        )
        return " · ".join([*filter(None, [entry.summary]), *counts]) or "–"
