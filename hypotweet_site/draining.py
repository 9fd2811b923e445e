"""A gunicorn worker that, told to stop, first takes in who already waits at the door.

Gunicorn's own lets connections queue up while it finishes its requests, and drops the
queue in the end.
"""

import select

from gunicorn.sock import BaseSocket
from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):
    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                while _somebody_waits(listener):
                    self.accept(listener)
                listener.close()


def _somebody_waits(listener: BaseSocket) -> bool:
    poll = select.poll()
    poll.register(listener.fileno(), select.POLLIN)
    return bool(poll.poll(0))
