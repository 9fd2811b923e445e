"""A run that is asked to stop ends soon, whatever X does."""

import pytest

from tweets.tests.fake_x import FakeX
from tweets.x.api.client import XClient
from tweets.x.api.errors import XError, XErrorKind


def test_a_stop_ends_a_request_that_hangs_after_one_attempt() -> None:
    asked: list[bool] = []

    def stopped() -> bool:
        asked.append(True)
        return True

    with FakeX() as x:
        x.fail(None, delay=1, times=9)
        client = XClient(x.token, x.base_url, 0.1, retries=5, stopped=stopped)
        with pytest.raises(XError) as caught:
            client.usage()
    error = caught.value
    assert (error.kind, error.may_cost) == (XErrorKind.UNAVAILABLE, True)
    assert "no answer in time" in error.message
    assert len(asked) == 1
