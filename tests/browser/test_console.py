"""What a browser complains of fails a test, unless the test provokes just that."""

import pytest

from tests.browser.conftest import is_expected

LOADING = "Failed to load resource: the server responded with a status of"


@pytest.mark.parametrize(
    "said",
    [
        f"{LOADING} 422 (Unprocessable Entity)",
        "Response Status Error Code 422 from /predict/, [object HTMLElement]",
    ],
)
def test_what_a_test_provokes_is_expected(said: str) -> None:
    assert is_expected(said, {"422"})


@pytest.mark.parametrize(
    "said",
    [
        f"{LOADING} 404 (Not Found)",
        f"{LOADING} 422 (Unprocessable Entity), and more",
        "Response Status Error Code 500 from /predict/, [object HTMLElement]",
        "htmx:sendAbort, [object HTMLElement]",
        "htmx:sendError, [object HTMLElement]",
        "Failed to load resource: net::ERR_ABORTED",
        "Refused to apply inline style: status of 422",
        "policy: style-src-attr inline ",
    ],
)
def test_anything_else_is_a_complaint(said: str) -> None:
    assert not is_expected(said, {"422"})
