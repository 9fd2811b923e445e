"""Signals of this app, for apps that stand above it."""

from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal

# Sent with `request`, of a signed-in visitor. A receiver returns the Section that it
# adds to the account page.
account_page_shown = Signal()

# Sent with `account`, in the transaction that deletes it. Receivers delete what it has.
account_deleted = Signal()


@dataclass(frozen=True)
class Section:
    """Part of the account page: a template and its context."""

    template: str
    context: dict[str, Any]
