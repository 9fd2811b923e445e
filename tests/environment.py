"""A pytest plugin that sets what the settings read: they are loaded before conftest.py.

Index and uploads are kept in a folder of the run's own, which goes with it.
"""

import os
import shutil
import tempfile

os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
FOLDER = tempfile.mkdtemp(prefix="hypotweet-test-")
os.environ["INDEX_DIR"] = f"{FOLDER}/index"
os.environ["ERASURES_FILE"] = f"{FOLDER}/erasures.jsonl"
os.environ["UPLOAD_DIR"] = f"{FOLDER}/uploads"


def pytest_unconfigure() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
