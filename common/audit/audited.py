"""The base of admin pages on which rows can be deleted: deletions are recorded."""

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from common.audit.entries import record


class AuditedAdmin(admin.ModelAdmin):
    """Records deletions; additions and changes are mirrored from Django's own log."""

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        record("deleted", obj)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(
        self, request: HttpRequest, queryset: models.QuerySet[models.Model]
    ) -> None:
        for row in queryset:
            record("deleted", row)
        super().delete_queryset(request, queryset)
