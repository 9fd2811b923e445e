"""Set before anything reads the environment, also when pytest is run by hand."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["INDEX_DIR"] = tempfile.mkdtemp(prefix="hypotweet-test-")
os.environ["UPLOAD_DIR"] = tempfile.mkdtemp(prefix="hypotweet-test-")

import pytest
from hypothesis import settings

# The same examples at every run of continuous integration; new ones at home.
settings.register_profile("same-every-time", derandomize=True, deadline=None)
settings.register_profile("anything", deadline=None)
settings.load_profile("same-every-time" if os.environ.get("CI") else "anything")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What uses no database promises the same on any."""
    for item in items:
        uses_one = "db" in getattr(item, "fixturenames", [])
        if not (uses_one or item.get_closest_marker("django_db")):
            item.add_marker(pytest.mark.any_database)
