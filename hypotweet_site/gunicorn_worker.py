"""A gunicorn worker that slow clients do not hold up, and that loses no connection when
it stops."""

import select
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from common.sockets import has_input
from hypotweet_site.gunicorn_arrivals import Arrivals, is_complete, limit_stalls

if not hasattr(ThreadWorker, "set_accept_enabled"):
    raise ImportError("The worker needs gunicorn 24 or later.")


class DrainingWorker(ThreadWorker):
    """Gives a thread only to requests that have arrived, and accepts the connections
    that are already queued before it stops accepting.

    In gunicorn's own worker, clients that send slowly hold a thread each, and clients
    that have connected when it stops get no response.
    """

    def init_process(self) -> None:
        self.arrivals: Arrivals | None = None
        if hasattr(select, "epoll") and not self.cfg.is_ssl:
            self.arrivals = Arrivals(self._arrived, self._given_up)
            self.arrivals.start()
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Pass a request on to a thread, once it has arrived."""
        if self.arrivals is None or _has_read_ahead(conn) or is_complete(conn.sock):
            self._arrived(conn)
        else:
            self.arrivals.watch(conn)

    def _arrived(self, conn: Any) -> None:
        conn.data_ready = True
        limit_stalls(conn.sock)
        super().enqueue_req(conn)

    def _given_up(self, conn: Any) -> None:
        self.method_queue.defer(self._drop, conn)

    def _drop(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                while has_input(listener.fileno()):
                    self.accept(listener)
                listener.close()


def _has_read_ahead(conn: Any) -> bool:
    """Whether a request, or its beginning, was read together with the one before."""
    return bool(conn.parser and conn.parser.unreader.buf.getvalue())
