"""Signals to the apps above this one."""

from django.dispatch import Signal

# Sent once per user and run, after the commit, if tweets were stored, deleted or
# excluded; carries `user_id`.
tweets_changed = Signal()

# Sent in the transaction that deletes a user, before the deletion; carries `user`.
user_erased = Signal()

# Sent in the transaction that merges one user into another, before the first is
# deleted; carries `gone` and `kept`.
users_merged = Signal()
