"""Who signs in to this site, the keys of their programs, and how much was asked."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

KEY_START = "hypo_"
SHOWN_CHARACTERS = len(KEY_START) + 8
NOTED_EVERY = timedelta(minutes=1)


class Account(AbstractUser):
    """Somebody who signs in to this site. Tracked people are tweets.User."""

    class Meta(AbstractUser.Meta):
        verbose_name = "account"
        verbose_name_plural = "accounts"


class Scope(models.TextChoices):
    """What an API key may be used for."""

    PREDICT = "predict", "predict: ask who wrote a text"
    READ = "read", "read: users, tweets, saved predictions"
    MANAGE = "manage", "manage: add, refresh and import users"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> Self:
        """Neither revoked nor expired, of an account that may sign in."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            account__is_active=True,
        )

    def find(self, token: str) -> "ApiKey | None":
        """The usable key that this token belongs to."""
        digest = digest_of(token)
        named = self.usable().filter(prefix=token[:SHOWN_CHARACTERS].replace("\0", ""))
        for key in named.select_related("account"):
            if hmac.compare_digest(key.digest, digest):
                return key
        return None

    def issue(self, key: "ApiKey") -> str:
        """Stores a new key and returns its token, which nobody can read again."""
        token = KEY_START + secrets.token_urlsafe(32)
        key.prefix = token[:SHOWN_CHARACTERS]
        key.digest = digest_of(token)
        key.save(force_insert=True)
        return token

    def revoke(self) -> int:
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())


class ApiKey(models.Model):
    """Lets a program act for an account, within some scopes."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60, help_text="What the key is for.")
    prefix = models.CharField(max_length=20, editable=False, db_index=True)
    # A plain hash is enough: nobody can guess 256 random bits.
    digest = models.CharField(max_length=64, editable=False, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: it works until it is revoked."
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not is_over

    def note_use(self) -> None:
        """Keeps when the key was last used, to the minute."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > NOTED_EVERY:
            ApiKey.objects.filter(pk=self.pk).update(last_used_at=now)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
