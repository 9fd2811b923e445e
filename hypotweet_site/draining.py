"""A gunicorn worker that, told to stop, first takes in who already waits at the door.

Gunicorn's own lets connections queue up while it finishes its requests, and drops the
queue in the end.
"""

from gunicorn.workers.gthread import ThreadWorker

from common.sockets import has_input


class DrainingWorker(ThreadWorker):
    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                while has_input(listener.fileno()):
                    self.accept(listener)
                listener.close()
