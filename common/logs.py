"""Log lines, plain or JSON, with the id of their request and without secrets."""

import logging
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from common.http.request_ids import current_request_id

HIDDEN = "[hidden]"
# Shorter ones, an empty password for example, would hide too much of each line.
SHORTEST_SECRET = 8
NAMES = (
    "(?:password|passwd|secret|token|api[_-]?key|authorization|cookie|sessionid|csrf)"
)
# Fields of JSON lines with text that a client may have sent.
CLIENT_FIELDS = {"request", "message", "traceback"}
# What looks like a secret anywhere in a line; group 1 is kept.
PATTERNS = [
    re.compile(r"(hypo_)[\w-]{8,}"),
    re.compile(r"(\bBearer\s+)[^\s'\",]+", re.IGNORECASE),
    re.compile(r"(account/reset/)[^/\s]+/[^/\s?]+"),
    # Whose page was asked for; logs outlive erasures.
    re.compile(r"(/(?:users|similar)/)[\w.]+"),
    re.compile(r"(\w://[^\s:/@]*:)[^\s@/]+(?=@)"),
    re.compile(
        rf"""({NAMES}[\w-]{{0,20}}["']?\s?[=:]\s?["']?)(?!Bearer)[^\s&"',;)}}]+""",
        re.IGNORECASE,
    ),
]


def without_secrets(line: str, secrets: Sequence[str] = ()) -> str:
    """Return the line with `[hidden]` for keys, tokens, passwords and `secrets`."""
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
        record.request = request_id_of(record)
        return without_secrets(super().format(record), self.secrets)


class JsonFormatter(BaseJsonFormatter):
    """One JSON object a line, with a traceback where there is one."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__(json_ensure_ascii=False)
        self.secrets = [s for s in secrets if len(s) >= SHORTEST_SECRET]

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        """Set the fields; leave out `extra`, in which Django passes whole requests."""
        log_data |= {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id_of(record),
            "message": record.getMessage(),
        }
        if "exc_info" in message_dict:
            log_data["traceback"] = message_dict["exc_info"]

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        for field in CLIENT_FIELDS & log_data.keys():
            log_data[field] = without_secrets(log_data[field], self.secrets)
        return log_data


FORMATTERS: dict[str, Callable[..., logging.Formatter]] = {
    "PLAIN": PlainFormatter,
    "JSON": JsonFormatter,
}


def request_id_of(record: logging.LogRecord) -> str:
    """Return the id of the request that a line is about, or `-`."""
    # Gunicorn logs an access after the request, from the headers of the response.
    if record.name == "gunicorn.access" and isinstance(record.args, dict):
        return str(record.args.get("{x-request-id}o", "-"))
    return current_request_id()


def configuration(kind: str, level: str, secrets: Sequence[str] = ()) -> dict[str, Any]:
    """Return the settings for logging.config.dictConfig: all lines to standard error.

    `kind` is a key of FORMATTERS.
    """
    formatter = {"()": FORMATTERS[kind], "secrets": list(secrets)}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"site": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "site"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would print secrets.
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            "django.server": {"handlers": [], "level": "NOTSET", "propagate": True},
            # It logs a line for every request.
            "django_guid": {"level": "WARNING"},
        },
    }
