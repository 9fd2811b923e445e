"""Django's PostgreSQL backend, which looks at a connection before it asks about it.

Before a request uses a connection again, Django asks the server whether it still
answers: a round trip for every request. A server that stopped or dropped the connection
has said so, and what it said waits in the socket; a connection whose socket is silent
is as good as one that has just answered.
"""

from django.db.backends.postgresql import base

from common.sockets import has_input


class DatabaseWrapper(base.DatabaseWrapper):
    def close_if_health_check_failed(self) -> None:
        if self.connection is None or has_input(self.connection.fileno()):
            super().close_if_health_check_failed()
