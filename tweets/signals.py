"""How tweets tells the apps above it that something changed."""

from django.dispatch import Signal

# Sent once per User and run, after the commit; carries `user_id`.
tweets_changed = Signal()

# Sent in the transaction that erases a User, before it goes; carries `user`.
user_erased = Signal()

# Sent in the transaction that merges one User into another, before the first goes;
# carries `gone` and `kept`.
users_merged = Signal()
