"""What the process can be asked to do with a file.

Imports that cost time stand inside: a file that is nothing to read is refused before them.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

from provider_assets.errors import FileCode
from provider_assets.providers.headers import known_headers
from provider_assets.reading.child.kinds import note_on_name
from provider_assets.reading.child.reader import Source
from provider_assets.reading.child.readers import READERS
from provider_assets.reading.child.refusal import Refusal
from provider_assets.reading.child.rescue import NOTE, RESCUED, convert
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.child.taking import Taken, take
from provider_assets.reading.limits import (
    MB,
    ReadingLimits,
    free_memory,
    limit_memory,
    limit_seconds,
)

Report = dict[str, Any]
BASE_MEMORY = 768 * MB
MEMORY_PER_BYTE = 6  # of unpacked content: 2 to 4 were measured
MEMORY_PER_CELL = 64  # of a sheet's rectangle: a parser's cell and its text's place
BASE_SECONDS = 20.0
SECONDS_PER_BYTE = 0.25 / MB  # of unpacked content: 0.015 were measured


def read(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Write the roster's rows as `rows.parquet` and report where they came from."""
    from provider_assets.providers.headers import Wanted
    from provider_assets.reading.child.returned import stamp_of
    from provider_assets.reading.child.tables import read_tables

    wanted = [Wanted.from_dict(raw) for raw in job["layouts"]]
    taken, book = _open(job, known_headers(wanted), limits, folder)
    made_as, made_of = stamp_of(taken) or (None, None)
    today = date.fromisoformat(job["today"])
    with _naming_hidden(book):
        found = read_tables(book, wanted, limits, today, is_rejects=made_as == "rejects")
    found.write(folder / "rows.parquet")
    return {
        "kind": taken.kind,
        "layout": found.layout,
        "made_as": made_as,
        "made_of": made_of,
        "hidden": book.hidden,
        "whole": found.whole and book.whole and not book.hidden,
        "notes": taken.notes + book.notes + _note_hidden(book) + found.notes,
        "sheets": [table.source() for table in found.tables],
    }


def _note_hidden(book: Workbook) -> list[str]:
    names = " and ".join(repr(name) for name in book.hidden)
    many = len(book.hidden) > 1
    told = f"sheets {names} are hidden; they were not read"
    return [told if many else f"sheet {names} is hidden; it was not read"] if names else []


@contextmanager
def _naming_hidden(book: Workbook) -> Iterator[None]:
    """Where no visible sheet is a roster, it may stand in a hidden one: say which there are."""
    try:
        yield
    except Refusal as refusal:
        if not book.hidden or refusal.code not in (FileCode.EMPTY, FileCode.NO_LAYOUT):
            raise
        [told] = _note_hidden(book)
        todo = "if the roster stands there, unhide it, save, and send it again"
        raise Refusal(refusal.code, f"{told}: {todo}. Besides, {refusal.sentence}") from None


def columns(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Tell what each column of each visible sheet looks like, for the draft of a layout."""
    from provider_assets.reading.child.columns import look_at

    known = frozenset(job["known"])
    _, book = _open(job, known, limits, folder)
    return {"sheets": [sheet for one in book.sheets for sheet in look_at(one, known)]}


def explain(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
    """Say, by refusing, why another reader may have died of this file; silent where unknown."""
    taken = take(Path(job["path"]), job["file"], limits, folder)
    READERS[taken.kind].explain(taken.path, limits)
    return {}


def _open(
    job: Mapping[str, Any], known: frozenset[str], limits: ReadingLimits, folder: Path
) -> tuple[Taken, Workbook]:
    """The file and its workbook, with no more memory than such a file may need."""
    taken = take(Path(job["path"]), job["file"], limits, folder)
    reader, size = READERS[taken.kind], taken.content.size
    limit_seconds(min(limits.seconds, BASE_SECONDS + size * SECONDS_PER_BYTE))
    cells = reader.extent(taken.path, limits)
    needed = BASE_MEMORY + MEMORY_PER_BYTE * size + MEMORY_PER_CELL * cells
    limit_memory(min(limits.memory, needed, free_memory()))
    true_name = Path(tempfile.mkdtemp(dir=folder)) / f"roster.{taken.kind}"
    true_name.symlink_to(taken.path)  # a parser believes the extension
    if job.get("converted"):
        taken.notes.append(NOTE)
    elif note := note_on_name(taken.name, taken.kind):
        taken.notes.append(note)
    return taken, reader.open(Source(true_name, taken.name, known), limits)


Task = Callable[[Mapping[str, Any], ReadingLimits, Path], Report]


def _or_converted(task: Task) -> Task:
    """The task; where no reader opens the file and a rescue is allowed, of the converted file."""

    @wraps(task)
    def run(job: Mapping[str, Any], limits: ReadingLimits, folder: Path) -> Report:
        try:
            return task(job, limits, folder)
        except Refusal as refusal:
            if not limits.rescue or refusal.code not in RESCUED:
                raise
            made = convert(Path(job["path"]), job["file"], refusal, limits, folder)
        return task({**job, "path": str(made), "converted": True}, limits, folder)

    return run


TASKS: Mapping[str, Task] = {
    "read": _or_converted(read),
    "columns": _or_converted(columns),
    "explain": explain,
}
