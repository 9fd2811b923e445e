"""Tests undo what they stored, so ids come again with other contents."""

import pytest

from prediction import composition, training


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    training.sample_of.cache_clear()
    composition.forget()
