"""What the process can be asked to do with a file.

Imports that cost time stand inside: a file that is nothing to read is refused before them.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from provider_assets.providers.headers import known_headers
from provider_assets.reading.child.content import content_of
from provider_assets.reading.child.kinds import kind_of, note_on_name
from provider_assets.reading.child.reader import Source
from provider_assets.reading.child.readers import READERS
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.limits import MB, ReadingLimits, limit_memory, limit_seconds

Report = dict[str, Any]
BASE_MEMORY = 768 * MB
MEMORY_PER_BYTE = 6  # of unpacked content: 2 to 4 were measured
MEMORY_PER_CELL = 64  # of a sheet's rectangle: a parser's cell and its text's place
BASE_SECONDS = 20.0
SECONDS_PER_BYTE = 0.25 / MB  # of unpacked content: 0.015 were measured


def read(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Write the roster's rows as `rows.parquet` and report where they came from."""
    from provider_assets.providers.headers import Wanted
    from provider_assets.reading.child.tables import read_tables

    wanted = [Wanted.from_dict(raw) for raw in job["layouts"]]
    kind, book = _open(job, known_headers(wanted), limits, folder)
    found = read_tables(book, wanted, limits, date.fromisoformat(job["today"]))
    found.write(folder / "rows.parquet")
    note = note_on_name(job["file"], kind)
    return {
        "kind": kind,
        "layout": found.layout,
        "hidden": book.hidden,
        "notes": ([note] if note else []) + book.notes + found.notes,
        "sheets": [table.source() for table in found.tables],
    }


def columns(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Tell what each column of each visible sheet looks like, for the draft of a layout."""
    from provider_assets.reading.child.columns import look_at

    known = frozenset(job["known"])
    _, book = _open(job, known, limits, folder)
    return {"sheets": [sheet for one in book.sheets for sheet in look_at(one, known)]}


def explain(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Say, by refusing, why another reader may have died of this file; silent where unknown."""
    del folder
    path = Path(job["path"])
    READERS[kind_of(content_of(path, limits))].explain(path, limits)
    return {}


def _open(
    job: Mapping[str, Any], known: frozenset[str], limits: ReadingLimits, folder: Path
) -> tuple[str, Workbook]:
    """The file's kind and its workbook, with no more memory than such a file may need."""
    path = Path(job["path"])
    content = content_of(path, limits)
    kind = kind_of(content)
    reader = READERS[kind]
    limit_seconds(min(limits.seconds, BASE_SECONDS + content.size * SECONDS_PER_BYTE))
    cells = reader.extent(path, limits)
    needed = BASE_MEMORY + MEMORY_PER_BYTE * content.size + MEMORY_PER_CELL * cells
    limit_memory(min(limits.memory, needed))
    true_name = folder / f"roster.{kind}"  # a parser believes the extension
    true_name.symlink_to(path)
    return kind, reader.open(Source(true_name, job["file"], known), limits)


TASKS: Mapping[str, Callable[[Mapping[str, Any], ReadingLimits, Path], Report]] = {
    "read": read,
    "columns": columns,
    "explain": explain,
}
