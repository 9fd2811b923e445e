"""Every request has an id, in its response and in every log line about it."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from pytest_django import Settings

from common.http.request_ids import current_request_id
from common.logs import PlainFormatter


def id_of(given: str | None = None) -> str:
    headers = {} if given is None else {"X-Request-ID": given}
    return str(Client().get("/healthz", headers=headers).headers["X-Request-ID"])


def test_a_well_formed_id_is_kept() -> None:
    assert id_of("3f0c2a7e-12ab-4cde-9f01-23456789abcd").startswith("3f0c2a7e-12ab")


@pytest.mark.parametrize(
    "given",
    ["", "short", "x" * 65, "a b c d e f g h", "<script>alert", "línea-uno", None],
)
def test_any_other_id_is_replaced(given: str | None) -> None:
    made = id_of(given)
    assert re.fullmatch("[0-9a-f]{16}", made)
    assert made != id_of(given)


def test_lines_have_the_id_of_their_own_request(settings: Settings) -> None:
    """Also while several requests are under way."""
    settings.ROOT_URLCONF = "tests.faulty_urls"
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Kept()
    handler.setFormatter(PlainFormatter())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)

    def ask(number: int) -> None:
        client = Client(raise_request_exception=False)
        client.get(
            f"/api/v1/nothing{number}", headers={"X-Request-ID": f"name-{number:04}"}
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(40)))
    logger.removeHandler(handler)
    found = {re.search(r"\[(.*?)\].*nothing(\d+)", line).groups() for line in lines}
    assert found == {(f"name-{n:04}", str(n)) for n in range(40)}


def test_there_is_no_id_outside_of_a_request() -> None:
    id_of()
    assert current_request_id() == "-"
