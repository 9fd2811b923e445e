"""Set before anything reads the environment, also when pytest is run by hand."""

import os

os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
