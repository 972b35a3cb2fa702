"""The grants of docs/security.md, read out of it: the tests hold the document to the truth."""

import re
from collections.abc import Sequence
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"


def blocks() -> dict[str, list[str]]:
    """The statements of each SQL block that starts with `-- grants: <name>`."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for name, body in re.findall(r"```sql\n-- grants: ([a-z-]+)[^\n]*\n(.*?)```", text, re.DOTALL):
        lines = [line for line in body.splitlines() if not line.startswith("--")]
        found[name] = [one.strip() for one in "\n".join(lines).split(";") if one.strip()]
    return found


def statements(names: Sequence[str], schema: str, user: str) -> list[str]:
    """The statements of these blocks for a schema and a user, as the document means them."""
    written = blocks()
    return [
        statement.replace("`application`", f"`{schema}`").replace("'provider_assets'@'%'", user)
        for name in names
        for statement in written[name]
    ]
