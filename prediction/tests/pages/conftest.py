"""The cast of the site's tests, ready to be predicted with."""

import pytest

from tweets.models import User
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast

HANDLES = [KEEPER, CRITIC, FAN]
LAMP = "Log. Wind SW 4, lamp lit, and the gull is back."


@pytest.fixture
def cast(db: None) -> list[User]:
    return make_cast(40)


@pytest.fixture
def question() -> dict[str, object]:
    """A form filled in well."""
    return {"users": HANDLES, "text": LAMP}
