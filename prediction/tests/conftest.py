"""Tests undo what they stored, so ids come again with other contents."""

import pytest

from prediction.serving import loader
from prediction.serving.evidence.samples import NEWEST
from prediction.training import backgrounds


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    backgrounds.forget_sample()
    loader.clear_caches()
    NEWEST.clear()
