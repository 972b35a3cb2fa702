"""What the process can be asked to do with a file.

Imports that cost time stand inside: a file that is nothing to read is refused before them.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provider_assets.providers.headers import known_headers
from provider_assets.reading.child.extent import check_workbook
from provider_assets.reading.child.kinds import Kind, kind_of, note_on_name
from provider_assets.reading.limits import MB, ReadingLimits, limit_memory, limit_seconds

if TYPE_CHECKING:
    from provider_assets.reading.child.sheets import Workbook

Report = dict[str, Any]
BASE_MEMORY = 768 * MB
MEMORY_PER_BYTE = 6  # of unpacked content: 2 to 4 were measured
MEMORY_PER_CELL = 64  # of a sheet's rectangle: a parser's cell and its text's place
BASE_SECONDS = 20.0
SECONDS_PER_BYTE = 0.25 / MB  # of unpacked content: 0.015 were measured
SHEET_NAME_LENGTH = 100


def read(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Write the roster's rows as `rows.parquet` and report where they came from."""
    kind = kind_of(Path(job["path"]), limits)

    from provider_assets.providers.headers import Wanted
    from provider_assets.reading.child.tables import read_tables

    wanted = [Wanted.from_dict(raw) for raw in job["layouts"]]
    book = _open(job, kind, known_headers(wanted), limits, folder)
    found = read_tables(book, wanted, limits, date.fromisoformat(job["today"]))
    found.write(folder / "rows.parquet")
    note = note_on_name(job["file"], kind.name)
    return {
        "kind": kind.name,
        "layout": found.layout,
        "hidden": book.hidden,
        "notes": ([note] if note else []) + found.notes,
        "sheets": [table.source() for table in found.tables],
    }


def columns(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Tell what each column of each visible sheet looks like, for the draft of a layout."""
    kind = kind_of(Path(job["path"]), limits)

    from provider_assets.reading.child.columns import look_at

    book = _open(job, kind, frozenset(job["known"]), limits, folder)
    known = frozenset(job["known"])
    return {"sheets": [sheet for one in book.sheets for sheet in look_at(one, known)]}


def explain(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Say, by refusing, why another reader may have died of this file; silent where unknown."""
    del folder
    kind = kind_of(Path(job["path"]), limits)
    if kind.name != "text":
        check_workbook(Path(job["path"]), kind.name, limits, thorough=True)
    return {}


def _open(
    job: Mapping[str, Any],
    kind: Kind,
    known: frozenset[str],
    limits: ReadingLimits,
    folder: Path,
) -> "Workbook":
    """The file as a workbook, with no more memory than such a file may need."""
    from provider_assets.reading.child.delimited import read_text
    from provider_assets.reading.child.sheets import Workbook, open_workbook

    path = Path(job["path"])
    limit_seconds(min(limits.seconds, BASE_SECONDS + kind.unpacked * SECONDS_PER_BYTE))
    if kind.name == "text":
        limit_memory(min(limits.memory, BASE_MEMORY + MEMORY_PER_BYTE * kind.unpacked))
        name = " ".join(Path(job["file"]).stem.split())[:SHEET_NAME_LENGTH] or "text"
        return Workbook(iter([read_text(path, name, known, limits)]), [])
    cells = check_workbook(path, kind.name, limits, thorough=False)
    needed = BASE_MEMORY + MEMORY_PER_BYTE * kind.unpacked + MEMORY_PER_CELL * cells
    limit_memory(min(limits.memory, needed))
    true_name = folder / f"roster.{kind.name}"  # the parser believes the extension
    true_name.symlink_to(path)
    return open_workbook(true_name, limits)


TASKS: Mapping[str, Callable[[Mapping[str, Any], ReadingLimits, Path], Report]] = {
    "read": read,
    "columns": columns,
    "explain": explain,
}
