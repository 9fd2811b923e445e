"""The commands that documents tell operators to type."""

import re

from tests.installation import ROOT


def commands(document: str, heading: str) -> str:
    """Join the blocks of commands below a heading, in their order."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    section = re.split(rf"^#+ {re.escape(heading)}\n", text, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section.replace("\n# ", "\n #"), flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    if not blocks:
        raise LookupError(f"{document} has no commands below {heading!r}")
    return "".join(blocks)
