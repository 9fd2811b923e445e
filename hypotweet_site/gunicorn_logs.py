"""Gunicorn's log lines in the format of the site."""

import os

from gunicorn.config import Config
from gunicorn.glogging import Logger

from common.logs import FORMATTERS, PlainFormatter


class GunicornLogs(Logger):
    """Formats errors and accesses as LOG_FORMAT says, without secrets."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        kind = os.environ.get("LOG_FORMAT", "").strip().upper()
        formatter = FORMATTERS.get(kind, PlainFormatter)()
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(formatter)
