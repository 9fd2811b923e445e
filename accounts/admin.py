"""Accounts and API keys in the admin."""

from typing import Any

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import (
    CheckboxSelectMultiple,
    ModelChoiceField,
    ModelForm,
    MultipleChoiceField,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts.leaving import delete_account
from accounts.models import Account, ApiKey, Scope
from accounts.roles import Role
from common.audit.audited import AuditedAdmin


def editable_accounts(request: HttpRequest) -> QuerySet[Account]:
    """Accounts that this member of staff may change: only superusers may change one."""
    accounts = Account.objects.all()
    if not request.user.is_superuser:
        accounts = accounts.filter(is_superuser=False)
    return accounts


@admin.register(Account)
class AccountAdmin(UserAdmin):
    """Operators give roles, and can never give or take rights they do not have."""

    list_display = ("username", "email", "is_staff", "role", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        editable = editable_accounts(request).values("pk")
        accounts: QuerySet[Account] = super().get_queryset(request)
        return accounts.filter(pk__in=editable).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if request.user.is_superuser:
            return super().get_readonly_fields(request, obj)
        return ("is_superuser", "user_permissions", "last_login", "date_joined")

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        is_limited = not request.user.is_superuser
        if db_field.name == "groups" and is_limited:
            kwargs["queryset"] = Group.objects.filter(name__in=Role.values)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def delete_model(self, request: HttpRequest, obj: Account) -> None:
        delete_account(obj)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Account]
    ) -> None:
        for account in queryset:
            delete_account(account)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever may delete an account may delete what goes with it, such as keys."""
        named, counts, _, protected = super().get_deleted_objects(objs, request)
        return named, counts, set(), protected

    @admin.display
    def role(self, account: Account) -> str:
        if account.is_superuser:
            return "superuser"
        return ", ".join(group.name for group in account.groups.all())


admin.site.unregister([Group, AccessAttempt, AccessFailureLog, AccessLog])


@admin.register(Group)
class RoleAdmin(AuditedAdmin, GroupAdmin):
    """Groups, whose rights superusers change."""


@admin.register(AccessAttempt)
class AttemptAdmin(AuditedAdmin, AccessAttemptAdmin):
    """Wrong passwords; deleting one unlocks. `prune` deletes those that expired."""

    actions = ()


@admin.register(AccessFailureLog)
class FailureLogAdmin(AuditedAdmin, AccessFailureLogAdmin):
    """The log of wrong passwords."""


@admin.register(AccessLog)
class SignInLogAdmin(AuditedAdmin, AccessLogAdmin):
    """The log of sign-ins."""


class KeyForm(ModelForm):
    scopes = MultipleChoiceField(choices=Scope.choices, widget=CheckboxSelectMultiple)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    form = KeyForm
    list_display = (
        "name",
        "prefix",
        "account",
        "scopes",
        "created_at",
        "last_used_at",
        "expires_at",
        "usable",
    )
    search_fields = ("name", "prefix", "account__username")
    list_select_related = ("account",)
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        chosen = ("account", "name", "scopes", "expires_at")
        recorded = ("prefix", "created_at", "last_used_at", "revoked_at")
        return chosen if obj is None else chosen + recorded

    def has_change_permission(
        self, request: HttpRequest, obj: ApiKey | None = None
    ) -> bool:
        """The scopes of a key in use never change."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_apikey")

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        kwargs["queryset"] = editable_accounts(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: Any, change: bool
    ) -> None:
        request.new_key = ApiKey.objects.issue(obj)  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the new key here and now: a message would put it into a cookie."""
        context = self.admin_site.each_context(request) | {
            "title": "The new key",
            "opts": self.opts,
            "token": request.new_key,  # type: ignore[attr-defined]
        }
        response = render(request, "admin/accounts/new_key.html", context)
        add_never_cache_headers(response)
        return response

    def has_delete_permission(
        self, request: HttpRequest, obj: ApiKey | None = None
    ) -> bool:
        """Keys are revoked instead, which keeps a record of who had one."""
        return False

    @admin.display(boolean=True)
    def usable(self, key: ApiKey) -> bool:
        return key.is_usable

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        own = queryset.filter(account__in=editable_accounts(request))
        if others := queryset.count() - own.count():
            messages.error(request, f"{others:,} keys are of superusers.")
        for key in own:
            self.log_change(request, key, "Revoked.")
        count = ApiKey.objects.filter(pk__in=own.values("pk")).revoke()
        messages.success(request, f"{count:,} keys no longer work.")
