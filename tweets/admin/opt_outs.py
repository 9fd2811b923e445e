"""The admin pages of opt-outs."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest

from common.audit import record
from tweets.models import OptOut
from tweets.store.erasure import covered_by


@admin.register(OptOut)
class OptOutAdmin(admin.ModelAdmin):
    """Adding, editing and withdrawing opt-outs; the store holds and records them."""

    list_display = ("handle", "x_id", "created_at")
    search_fields = ("handle", "=x_id")

    def save_model(
        self, request: HttpRequest, obj: OptOut, form: Any, change: bool
    ) -> None:
        """Opt somebody out; who is stored here is erased with it."""
        erased = covered_by(obj).count()
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change and form.changed_data:
                record("opt-out changed", obj, ", ".join(form.changed_data))
        if erased:
            messages.warning(
                request, f"{erased} stored user{'s' * (erased != 1)} erased."
            )
