"""What training tells the rooms above."""

from django.dispatch import Signal

# Sent when a worker should build signatures; carries `user_ids`, those of everybody
# if it is empty.
signatures_needed = Signal()
