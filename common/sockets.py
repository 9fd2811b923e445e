"""Checks of a socket that do not read from it."""

import select


def has_input(descriptor: int) -> bool:
    """Whether a read would return at once, be it with data or with the end of it."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
