"""Tests undo what they stored, so ids come again with other contents."""

import pytest

from prediction.serving import loader
from prediction.training import signatures


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    signatures.sample_of.cache_clear()
    loader.forget()
