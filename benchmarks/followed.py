"""Users of a server that plays X, followed by an installation."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.installation import manage
from tweets.tests.fake_x import FakeX

FOLLOW = """
from tweets.models import User
User.objects.bulk_create([User(handle=f"user{n}", source="x") for n in range(%d)])
"""


@contextmanager
def followed(
    environment: dict[str, str], users: int, posts: int
) -> Iterator[tuple[FakeX, dict[str, str]]]:
    """The server, and the environment of an installation that follows its users, none
    of whose posts are read yet."""
    with FakeX() as x:
        for number in range(users):
            x.add_user(f"user{number}", posts=posts)
        manage(environment, "shell", "-v0", "-c", FOLLOW % users)
        access = {"X_BEARER_TOKEN": x.token, "X_API_BASE_URL": x.base_url}
        yield x, {**environment, **access}
