"""A gunicorn worker that loses no connection when it stops."""

from gunicorn.workers.gthread import ThreadWorker

from common.sockets import has_input

if not hasattr(ThreadWorker, "set_accept_enabled"):
    raise ImportError("The worker needs gunicorn 24 or later.")


class DrainingWorker(ThreadWorker):
    """Accepts the connections that are already queued before it stops accepting.

    Gunicorn's own worker drops them: clients that have connected get no response.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                while has_input(listener.fileno()):
                    self.accept(listener)
                listener.close()
