"""Lower apps do not name upper ones, not even in strings and templates.

import-linter checks imports; this checks permissions, URL names, dotted paths and
related names.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UPPER_NAMES = {
    "common": r"\b(accounts|tweets|prediction|hypotweet_site)[.:]\w",
    "accounts": (
        r"\b(tweets|prediction|hypotweet_site)[.:]\w|\.predictions\b"
        r"|['\"](api|pages):\w"
    ),
    "tweets": r"\b(prediction|hypotweet_site)[.:]\w|\.predictions\b",
}
TEMPLATES = {"accounts": ["accounts", "registration"]}


@pytest.mark.parametrize("app", UPPER_NAMES)
def test_an_app_names_no_app_above_it(app: str) -> None:
    sources = [
        path
        for path in (ROOT / app).rglob("*.py")
        if "tests" not in path.relative_to(ROOT).parts
    ]
    for folder in TEMPLATES.get(app, []):
        sources += (ROOT / "templates" / folder).rglob("*.html")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(UPPER_NAMES[app], line)
    ]
    assert sources
    assert found == []
