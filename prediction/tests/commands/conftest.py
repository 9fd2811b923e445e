import pytest

from tweets.models import User
from tweets.tests.cast import make_cast


@pytest.fixture
def cast() -> list[User]:
    return make_cast(40)
