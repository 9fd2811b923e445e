"""The examples of docs/api.md work as they stand."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo_site import database_of, served_demo
from tests.installation import ROOT
from tests.patience import PATIENCE

PAGE = ROOT / "docs" / "api.md"
EXAMPLES = re.findall(r"```(sh|python)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
KEY = """
from accounts.models import *
boss = Account.objects.create_superuser('boss')
key = ApiKey(account=boss, name='docs', scopes=Scope.values)
print(ApiKey.objects.issue(key))
"""
SAVED = """
from prediction.models import Prediction
print(Prediction.objects.first().slug)
"""
# X itself is not asked by a test, and this site has no key for it.
NOT_HERE = "409"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    (folder / "tweets.csv").write_text("user,text\nann,one two three\n")
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with served_demo(folder) as address:
        yield address


def manage(folder: Path, *arguments: str) -> str:
    environment = os.environ | {"DATABASE_URL": database_of(folder)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@pytest.fixture(scope="module")
def variables(folder: Path, site: str) -> Iterator[dict[str, str]]:
    """What the examples take from the environment; tasks are worked on meanwhile."""
    key = manage(folder, "shell", "-v0", "-c", KEY)
    environment = os.environ | {"DATABASE_URL": database_of(folder)}
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "db_worker", "-v0"], cwd=ROOT, env=environment
    )
    yield {"KEY": key}
    worker.terminate()
    worker.wait()


@pytest.mark.processes
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_works(
    number: int, folder: Path, site: str, variables: dict[str, str]
) -> None:
    language, code = EXAMPLES[number]
    code = code.replace("http://localhost:8000", site)
    if language == "sh" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    if "$SLUG" in code:
        save, read = code.rsplit("curl", 1)
        run("sh", save, folder, variables)
        variables["SLUG"] = manage(folder, "shell", "-v0", "-c", SAVED)
        code = f"curl{read}"
    said = run(language, code, folder, variables)
    assert said
    for status in re.findall(r'"status": (\d+)', said):
        assert status == NOT_HERE


def run(language: str, code: str, folder: Path, variables: dict[str, str]) -> str:
    command = ["sh", "-e"] if language == "sh" else [sys.executable, "-"]
    done = subprocess.run(
        command,
        input=code,
        cwd=folder,
        env=os.environ | variables | {"PYTHONPATH": str(ROOT / "client")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
