"""Admin pages of what programs make."""

from django.http import HttpRequest

from common.audit.audited import AuditedAdmin


class ReadOnlyAdmin(AuditedAdmin):
    """Rows can be viewed and deleted, not added or edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: object | None = None
    ) -> bool:
        return False
