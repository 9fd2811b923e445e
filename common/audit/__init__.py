"""The record of changes: who made them, what, when and from where.

Every function that changes something calls `record` in the transaction of the change.
Who acts is found out by itself: the account behind a request or an API key, whoever
queued a background task, or else the system's user who runs a command.
"""

from common.audit.actors import act_for
from common.audit.entries import Tally, queue, record

__all__ = ["Tally", "act_for", "queue", "record"]
