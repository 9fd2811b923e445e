"""Lower apps do not name upper ones, not even in strings and templates.

import-linter checks imports; this checks permissions, URL names, dotted paths and
related names.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ABOVE = {
    "common": ["accounts", "tweets", "prediction", "hypotweet_site"],
    "accounts": ["tweets", "prediction", "hypotweet_site"],
    "tweets": ["prediction", "hypotweet_site"],
}


@pytest.mark.parametrize("app", ABOVE)
def test_an_app_names_no_app_above_it(app: str) -> None:
    above = "|".join(ABOVE[app])
    named = re.compile(rf"\b({above})[.:]\w|[\"'](api|pages):\w|\.predictions\b")
    sources = [
        path
        for path in (ROOT / app).rglob("*.py")
        if "tests" not in path.relative_to(ROOT).parts
    ]
    templates = ROOT / "templates"
    pages = [templates / "registration", templates / app] if app == "accounts" else []
    sources += [path for folder in pages for path in folder.rglob("*.html")]
    assert sources
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if named.search(line)
    ]
    assert found == []
