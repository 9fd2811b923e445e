import pytest

from prediction.engine.models.group import Group
from prediction.tests.engine.voices import VOICES, group_of


@pytest.fixture(scope="session")
def group() -> Group:
    """The lighthouse keeper, the football fan and the film critic."""
    return group_of({name: tweets[:-6] for name, tweets in VOICES.items()})
