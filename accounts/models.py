"""Accounts that sign in to this site, and their API keys."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from common.audit import record
from common.audit.privacy import forget

KEY_START = "hypo_"
PREFIX_LENGTH = len(KEY_START) + 8
USE_RECORDED_EVERY = timedelta(minutes=1)


class Account(AbstractUser):
    """A person who signs in to this site, as opposed to one whose posts it compares."""

    # Two accounts of earlier versions may differ in case alone: the later has none.
    folded = models.CharField(  # noqa: DJ001 - empty ones would not be unique
        max_length=300, unique=True, null=True, editable=False
    )

    class Meta(AbstractUser.Meta):
        verbose_name = "account"
        verbose_name_plural = "accounts"

    def clean(self) -> None:
        """Raise ValidationError if another account has this name in other letters."""
        super().clean()
        if self._others().exists():
            raise ValidationError(
                {"username": "A user with that username already exists."}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Note the name without regard to case, which the database keeps unique."""
        fields = kwargs.get("update_fields")
        is_named = fields is None or "username" in fields
        if is_named and (self._state.adding or self.folded is not None):
            self.folded = self.username.casefold()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    def _others(self) -> "models.QuerySet[Account]":
        named = Account.objects.filter(username__iexact=self.username)
        return named.exclude(pk=self.pk).exclude(username=self.username)


class Scope(models.TextChoices):
    """What an API key may be used for."""

    PREDICT = "predict", "predict: ask who wrote a text"
    READ = "read", "read: users, tweets, saved predictions"
    MANAGE = "manage", "manage: add, refresh and import users"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> Self:
        """Keys that are neither revoked nor expired, of active accounts."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            account__is_active=True,
        )

    def find(self, token: str) -> "ApiKey | None":
        """Return the usable key with this token."""
        digest = digest_of(token)
        candidates = self.usable().filter(
            prefix=token[:PREFIX_LENGTH].replace("\0", "")
        )
        for key in candidates.select_related("account"):
            if hmac.compare_digest(key.digest, digest):
                return key
        return None

    def issue(self, key: "ApiKey") -> str:
        """Store a new key and return its token, of which only a hash is stored."""
        token = KEY_START + secrets.token_urlsafe(32)
        key.prefix = token[:PREFIX_LENGTH]
        key.digest = digest_of(token)
        with transaction.atomic():
            key.save(force_insert=True)
            record("key made", key, f"scopes: {', '.join(key.scopes)}")
        return token

    @transaction.atomic
    def revoke(self) -> int:
        """Revoke the keys that are not yet; return how many."""
        keys = list(self.filter(revoked_at=None))
        for key in keys:
            record("key revoked", key)
        ids = [key.pk for key in keys]
        return self.model.objects.filter(pk__in=ids).update(revoked_at=timezone.now())


class ApiKey(models.Model):
    """Lets a program act for an account, within some scopes."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60, help_text="What the key is for.")
    prefix = models.CharField(max_length=20, editable=False, db_index=True)
    # A plain hash is enough: 256 random bits cannot be guessed.
    digest = models.CharField(max_length=64, editable=False, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: it works until it is revoked."
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()
    RECORDS_ITSELF = ("added",)

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        has_expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not has_expired

    def note_use(self) -> None:
        """Record when the key was last used, to the minute."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > USE_RECORDED_EVERY:
            ApiKey.objects.filter(pk=self.pk).update(last_used_at=now)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@receiver(pre_delete, sender=ApiKey)
def forget_key(instance: ApiKey, **kwargs: object) -> None:
    """The name of a key goes with the key."""
    forget(instance)
