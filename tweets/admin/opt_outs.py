"""The admin pages of opt-outs."""

from django.contrib import admin

from tweets.models import OptOut


@admin.register(OptOut)
class OptOutAdmin(admin.ModelAdmin):
    list_display = ("handle", "x_id", "created_at")
    search_fields = ("handle", "=x_id")
