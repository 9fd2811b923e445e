"""Records what Django's own forms in the admin add and change: its log is mirrored.

A model whose additions or changes are recorded elsewhere says so in `RECORDS_ITSELF`.
"""

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db.models.signals import post_save
from django.dispatch import receiver

from common.audit.entries import record

ACTIONS = {ADDITION: "added", CHANGE: "changed"}


@receiver(post_save, sender=LogEntry)
def mirror(instance: LogEntry, created: bool, **kwargs: Any) -> None:
    """Record an addition or a change by one of Django's forms.

    Other messages than Django's own belong to actions, which record what they do.
    """
    action = ACTIONS.get(instance.action_flag, "")
    if not (created and action and instance.change_message[:1] == "["):
        return
    row = instance.get_edited_object()
    if action not in getattr(row, "RECORDS_ITSELF", ()):
        record(action, row, instance.get_change_message())
