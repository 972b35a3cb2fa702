"""Opens a file as the reader's process does, and tells every cell of every sheet."""

from pathlib import Path

from provider_assets.reading.child.content import content_of
from provider_assets.reading.child.kinds import kind_of
from provider_assets.reading.child.reader import Source
from provider_assets.reading.child.readers import READERS
from provider_assets.reading.limits import ReadingLimits

LIMITS = ReadingLimits()
Grid = list[list[str | None]]


def kind(path: Path) -> str:
    """What the file is taken for."""
    return kind_of(content_of(path, LIMITS))


def sheets(path: Path, *, shown: bool = False) -> dict[str, Grid]:
    """Each visible sheet's cells, as texts or as people see them, row by row."""
    true_name = path.with_name(f"{path.name}.{kind(path)}")
    true_name.symlink_to(path)
    book = READERS[kind(path)].open(Source(true_name, path.name, frozenset()), LIMITS)
    found = {}
    for sheet in book.sheets:
        width = max((len(row) for row in sheet.head), default=0)
        columns = sheet.columns(range(width))
        if shown:
            columns = [sheet.show(column, at) for at, column in enumerate(columns)]
        found[sheet.name] = [
            list(row) for row in zip(*(c.to_pylist() for c in columns), strict=True)
        ]
    true_name.unlink()
    return found
