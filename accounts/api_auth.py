"""Authentication of API requests by key. Some scopes are open without one."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase

from accounts.models import Account, ApiKey, Scope
from common.audit import act_for


class AccessError(Exception):
    """The API rejects a request: 401 without a usable key, 403 with one."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class Caller:
    """Who sent an API request; anonymous without a key."""

    key: ApiKey | None

    @property
    def account(self) -> Account | None:
        return self.key.account if self.key else None

    def require(self, permission: str) -> None:
        """Raise AccessError unless the account of the key has the permission."""
        if self.account is None or not self.account.has_perm(permission):
            raise AccessError(403, "The account of this key may not do this.")


class ApiKeyBearer(AuthBase):
    """Checks `Authorization: Bearer`. A key must be valid even where none is needed."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        header = request.headers.get("Authorization", "")
        if not header:
            return self._anonymous()
        kind, _, token = header.partition(" ")
        key = ApiKey.objects.find(token.strip()) if kind.lower() == "bearer" else None
        if key is None:
            raise AccessError(401, "This API key is not valid, or no longer valid.")
        if self.scope not in key.scopes:
            raise AccessError(403, f"This key lacks the scope {self.scope.value}.")
        key.note_use()
        act_for(request, key.account)
        return Caller(key)

    def _anonymous(self) -> Caller:
        is_open = {Scope.READ: True, Scope.PREDICT: settings.ANONYMOUS_API}
        if not is_open.get(self.scope):
            raise AccessError(401, "Send an API key: Authorization: Bearer hypo_…")
        return Caller(None)


def caller(request: HttpRequest) -> Caller:
    """Return whom ApiKeyBearer let in."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found
