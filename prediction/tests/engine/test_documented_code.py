"""The examples in docstrings and in docs/library.md run and give what they show."""

import csv
import doctest
import os
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import prediction.engine
from prediction.tests.engine.voices import VOICES

ROOT = Path(__file__).parents[3]
MODULES = [
    "prediction.engine",
    *(
        found.name
        for found in pkgutil.walk_packages(
            prediction.engine.__path__, "prediction.engine."
        )
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    module = import_module(name)
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def test_the_documented_classes_have_examples() -> None:
    for name in ("AuthorshipClassifier", "StyleVectorizer", "evaluate"):
        assert ">>>" in getattr(prediction.engine, name).__doc__


def test_the_ten_lines_of_the_library_page_run(tmp_path: Path) -> None:
    page = (ROOT / "docs/library.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    with (tmp_path / "tweets.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["author", "text"])
        writer.writerows((n, t) for n, texts in VOICES.items() for t in texts)
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert 0.9 < float(run.stdout) <= 1
    assert (tmp_path / "confusion.png").stat().st_size > 1_000
