"""Signals to the apps above this one."""

from dataclasses import dataclass

from django.dispatch import Signal

from tweets.models import User

# Sent once per user and run, after the commit, if tweets were stored, deleted or
# excluded; carries `user_id`.
tweets_changed = Signal()

# Sent in the transaction that deletes a user, before the deletion; carries `user`.
user_erased = Signal()

# Sent in the transaction that merges one user into another, before the first is
# deleted; carries `gone` and `kept`. Receivers return the keys of rows that they move,
# by kind.
users_merged = Signal()

# Sent in the transaction that undoes a merge, once `gone` is a user again; carries
# `kept` and, in `moved`, what the receivers of `users_merged` returned.
users_parted = Signal()

# Sent with `users` who may be one person. A receiver returns a list of Comparisons.
styles_compared = Signal()


@dataclass(frozen=True)
class Comparison:
    """How alike two users write; `differs` is None where nobody can say."""

    one: User
    other: User
    differs: bool | None
    words: str
