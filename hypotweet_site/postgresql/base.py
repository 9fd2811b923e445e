"""Django's PostgreSQL backend with a cheaper health check of connections.

Before a request uses a connection again, Django queries the server to check it: a round
trip for every request. A server that stops or drops a connection sends a message, so
the query is needed only where the socket has input.
"""

from django.db.backends.postgresql import base

from common.sockets import has_input


class DatabaseWrapper(base.DatabaseWrapper):
    def close_if_health_check_failed(self) -> None:
        if self.connection is None or has_input(self.connection.fileno()):
            super().close_if_health_check_failed()
