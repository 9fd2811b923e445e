"""Takes names out of the audit when their people or accounts are erased."""

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from common.models import AuditEntry, kind_of

ERASED = "erased"


def forget(row: models.Model, naming: Q | None = None) -> None:
    """Keep the entries about a row, and those that match `naming`, without names.

    `naming` may use the fields `target` and `summary`.
    """
    about = Q(kind=kind_of(row), key=str(row.pk))
    found = AuditEntry.objects.filter(about | naming if naming else about)
    found.update(target=ERASED, summary="")


@receiver(pre_delete, sender=settings.AUTH_USER_MODEL)
def forget_account(instance: models.Model, **kwargs: object) -> None:
    """Keep what an account did and what became of it, without its name, here and in
    the admin's own log."""
    forget(instance)
    logged = ContentType.objects.get_for_model(instance)
    about = LogEntry.objects.filter(content_type=logged, object_id=str(instance.pk))
    about.update(object_repr=ERASED, change_message="")
    AuditEntry.objects.filter(account=instance.pk).update(who=ERASED, address=None)
