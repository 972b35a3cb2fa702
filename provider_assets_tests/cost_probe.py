"""Runs the command line and writes down what it did: `python … TOLD ARGUMENT…`.

A process of its own, because an audit hook stays for good and imports are to be counted.
"""

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path

LARGE = "COST_PROBE_LARGE"
"""Where this is set, the frames count as too large to be kept in memory."""

ASIDE = re.compile(r"^\.(.*)-[0-9a-f]{8}\.\d+\.\d+-[0-9a-f]{8}(?=\.part$)")
"""A name to write under until the file is whole, which differs each time."""

opened: Counter[str] = Counter()
statements: Counter[str] = Counter()


def note_opening(event: str, arguments: tuple[object, ...]) -> None:
    """Count the files that are opened, by name and whether to read or to write.

    `os.open` tells no mode but flags.
    """
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        mode, flags = arguments[1:]
        writes = any(sign in str(mode or "") for sign in "wxa+") or int(str(flags)) & os.O_WRONLY
        name = ASIDE.sub(r"\1", Path(arguments[0]).name)
        opened[f"{'write' if writes else 'read'} {name}"] += 1


def main() -> None:
    """Run, and write `{"status", "opened", "statements", "modules"}`."""
    told, arguments = Path(sys.argv[1]), sys.argv[2:]
    if arguments != ["--help"]:
        from sqlalchemy import Engine, event

        @event.listens_for(Engine, "before_cursor_execute")
        def note_statement(connection, *_: object) -> None:
            statements[connection.dialect.name] += 1

        sys.addaudithook(note_opening)
    if os.environ.get(LARGE):
        from provider_assets.orchestration import frame_files

        frame_files.KEPT_BYTES = -1
    from provider_assets import cli

    sys.argv = ["provider-assets", *arguments]
    try:
        cli.main()
        status = 0
    except SystemExit as end:
        status = end.code
    found = {
        "status": status,
        "opened": opened,
        "statements": statements,
        "modules": sorted(sys.modules),
    }
    told.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
