"""Django's PostgreSQL backend, which looks at a connection before it asks about it.

Before a request uses a connection again, Django asks the server whether it still
answers: a round trip for every request. A server that stopped or dropped the connection
has said so, and what it said waits in the socket; a connection whose socket is silent
is as good as one that has just answered.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def close_if_health_check_failed(self) -> None:
        if self.connection is None or not _is_silent(self.connection.fileno()):
            super().close_if_health_check_failed()


def _is_silent(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return not poll.poll(0)
