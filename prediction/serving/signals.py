"""Tells whoever keeps figures that texts were answered."""

from django.dispatch import Signal

# Sent with `engine`, `texts` (how many) and `seconds` (that they took together).
predicted = Signal()
