"""Log lines, plain or JSON, with the name of their request and without secrets."""

import json
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from common.http import request_ids

HIDDEN = "[hidden]"
SHORTEST_SECRET = 8
NAMES = (
    "(?:password|passwd|secret|token|api[_-]?key|authorization|cookie|sessionid|csrf)"
)
# What looks like a secret, wherever it stands; group 1 is kept.
PATTERNS = [
    re.compile(r"(hypo_)[\w-]{8,}"),
    re.compile(r"(\bBearer\s+)[^\s'\",]+", re.IGNORECASE),
    re.compile(r"(account/reset/)[^/\s]+/[^/\s?]+"),
    re.compile(r"(\w://[^\s:/@]*:)[^\s@/]+(?=@)"),
    re.compile(
        rf"""({NAMES}[\w-]{{0,20}}["']?\s?[=:]\s?["']?)(?!Bearer)[^\s&"',;)}}]+""",
        re.IGNORECASE,
    ),
]


def without_secrets(line: str, secrets: Sequence[str] = ()) -> str:
    """The line with a mark in place of keys, tokens, passwords and these secrets."""
    for secret in secrets:
        line = line.replace(secret, HIDDEN)
    for pattern in PATTERNS:
        line = pattern.sub(rf"\1{HIDDEN}", line)
    return line


class PlainFormatter(logging.Formatter):
    """`2026-01-31 12:00:00,000 INFO django.request [a1b2c3d4]: message`"""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__(
            "{asctime} {levelname} {name} [{request}]: {message}", style="{"
        )
        self.secrets = [s for s in secrets if len(s) >= SHORTEST_SECRET]

    def format(self, record: logging.LogRecord) -> str:
        record.request = request_of(record)
        return without_secrets(super().format(record), self.secrets)


class JsonFormatter(PlainFormatter):
    """One JSON object a line, with a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        document: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request": request_of(record),
            "message": self._clean(record.getMessage()),
        }
        if record.exc_info:
            document["traceback"] = self._clean(self.formatException(record.exc_info))
        return json.dumps(document, ensure_ascii=False)

    def _clean(self, text: str) -> str:
        return without_secrets(text, self.secrets)


FORMATTERS = {"PLAIN": PlainFormatter, "JSON": JsonFormatter}


def request_of(record: logging.LogRecord) -> str:
    """The name of the request that this line is about; gunicorn's lines are written
    when it is over."""
    if record.name == "gunicorn.access" and isinstance(record.args, dict):
        return str(record.args.get("{x-request-id}o", "-"))
    return request_ids.current.get()


def configuration(kind: str, level: str, secrets: Sequence[str] = ()) -> dict[str, Any]:
    """For logging.config.dictConfig: everything to standard error."""
    formatter = {"()": FORMATTERS[kind], "secrets": list(secrets)}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django gives these handlers of their own, which know nothing of secrets.
        "loggers": {
            name: {"handlers": [], "level": "NOTSET", "propagate": True}
            for name in ("django", "django.server")
        },
    }
