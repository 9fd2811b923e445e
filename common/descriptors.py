"""Looks at files and sockets without reading them."""

import select


def has_something(descriptor: int) -> bool:
    """Whether reading would give something at once, if only the news that it ended."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
