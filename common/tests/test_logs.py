"""JSON log lines: their fields, and no secrets in any."""

import json
import logging
from collections.abc import Iterator

import pytest
from django_guid import clear_guid, set_guid

from common.logs import JsonFormatter

FIELDS = {"time", "level", "logger", "request", "message"}


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    yield
    clear_guid()


def record(error: Exception | None = None, **extra: object) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    made = logging.LogRecord("django.request", 30, "", 0, "No: %s", ("/x",), info)
    vars(made).update(extra)
    return made


def fields(made: logging.LogRecord) -> dict[str, str]:
    return dict(json.loads(JsonFormatter().format(made)))


def test_a_line_has_the_documented_fields() -> None:
    line = fields(record())
    assert set(line) == FIELDS
    assert (line["level"], line["logger"]) == ("WARNING", "django.request")
    assert (line["request"], line["message"]) == ("-", "No: /x")
    assert line["time"].endswith("+00:00")


def test_a_line_about_an_exception_has_a_traceback() -> None:
    line = fields(record(ValueError("of a test")))
    assert set(line) == FIELDS | {"traceback"}
    assert "ValueError: of a test" in line["traceback"]


def test_what_callers_attach_is_left_out() -> None:
    """Django attaches the request, whose headers hold keys."""
    assert set(fields(record(status_code=404, request=object()))) == FIELDS


def test_a_request_id_that_is_a_key_is_hidden() -> None:
    set_guid("hypo_AbCdEfGhIjKlMnOp")
    assert fields(record())["request"] == "hypo_[hidden]"
