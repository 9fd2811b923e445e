"""Signals for metrics."""

from django.dispatch import Signal

# Sent after texts were answered; carries `engine`, `texts` (how many) and `seconds`
# (for all of them).
predicted = Signal()
