"""The JavaScript files of an X archive: JSON that is assigned to a variable."""

import re
from collections.abc import Iterator

from tweets.sources.io.json_values import JsonValue, document_values
from tweets.sources.io.text_input import TextInput
from tweets.sources.records import Problem

_ASSIGNMENT = re.compile(
    r"[\ufeff\s]*(?:window\.)?(?:var\s+)?"
    r"(?:YTD\.(?P<part>\w+)\.part\d+|(?P<month>Grailbird\.data\.tweets_\d{4}_\d\d)"
    r"|(?P<name>user_details|__THAR_CONFIG))\s*=\s*"
)


def kind_of_js(head: str) -> str | None:
    """Return what an archive's file holds, such as `tweets`; None for other texts."""
    found = _ASSIGNMENT.match(head)
    if found is None:
        return None
    return "tweets" if found["month"] else found["part"] or found["name"]


def js_values(text: TextInput) -> Iterator[JsonValue | Problem]:
    """Read the assigned values, one at a time."""
    found = _ASSIGNMENT.match(text.head())
    if found is None:
        yield Problem(1, "not a file of an X archive")
        return
    with text.open() as stream:
        before = stream.read(found.end())
        yield from document_values(stream, text.limits, 1 + before.count("\n"))
