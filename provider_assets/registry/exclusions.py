"""OIG's list of excluded individuals and entities (LEIE): `UPDATED.csv`, monthly, whole.

Only rows with an NPI can be held against a roster's: it is given since 2008, and else
0000000000. A name and a birth year never prove that two people are one, so nothing is made of
the others but their number.
"""

import csv
import io
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from provider_assets.errors import RegistryError
from provider_assets.registry import headings
from provider_assets.registry.sources import Source

_NPI = re.compile(r"[12][0-9]{9}")
_DAY = re.compile(r"(19|20)[0-9]{6}")
_NONE = "00000000"
_MOST = 200_000_000  # bytes; the real one has 15 MB

Row = tuple[int, int, int, str, str, str]
COLUMNS = {
    "npi": pa.uint32(),
    "excluded": pa.uint32(),  # days as the file has them: 20240131
    "reinstated": pa.uint32(),  # 0 is none
    "kind": pa.string(),
    "name": pa.string(),
    "state": pa.string(),
}


def read_exclusions(source: Source) -> tuple[dict[str, pa.Array], int]:
    """Columns `COLUMNS`, one row an NPI, sorted by it; and how many rows had no NPI.

    Of an NPI with several rows it is the newest exclusion that was not reinstated later.
    Raises RegistryError where a column is missing, or the content is damaged.
    """
    held: dict[int, Row] = {}
    without = 0
    for row in _rows(source):
        if row[0]:
            held[row[0]] = max(held.get(row[0], row), row, key=_weight)
        else:
            without += 1
    if not held and not without:
        raise RegistryError(f"{source.name}: has headers and no rows; download it again")
    rows = sorted(held.values())
    columns = zip(*rows, strict=True) if rows else ([] for _ in COLUMNS)
    return {
        name: pa.array(values, kind)
        for (name, kind), values in zip(COLUMNS.items(), columns, strict=True)
    }, without


def newest_day(columns: dict[str, pa.Array]) -> int:
    """The last day on which somebody was excluded, as the file writes days; 0 where none is."""
    return int(np.max(columns["excluded"].to_numpy(), initial=0))


def _weight(row: Row) -> tuple[bool, int]:
    """Of two rows of one NPI the heavier counts: one in force, then the newer."""
    _, excluded, reinstated, *_ = row
    return reinstated < excluded, excluded


def _rows(source: Source) -> Iterator[Row]:
    with source.opened() as stream:
        content = stream.read(_MOST + 1)
    if len(content) > _MOST:
        raise RegistryError(f"{source.name}: is larger than any list of the excluded")
    lines = _lines(_text(content), source.name)
    headers = next(lines)
    at = headings.needed(headers, headings.LEIE, source.name)
    for number, cells in enumerate(lines, start=2):
        if len(cells) != len(headers):
            raise RegistryError(
                f"{source.name}: line {number} has {len(cells)} columns of {len(headers)}; the "
                "file is cut off or damaged: download it again"
            )
        yield _row({name: cells[place].strip() for name, place in at.items()})


def _lines(text: str, where: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""))
    except csv.Error:
        raise RegistryError(f"{where}: is cut off or damaged; download it again") from None


def _row(cells: dict[str, str]) -> Row:
    name = cells["business"] or ", ".join(filter(None, (cells["last"], cells["first"])))
    return (
        int(cells["npi"]) if _NPI.fullmatch(cells["npi"]) else 0,
        _day(cells["excluded"]),
        _day(cells["reinstated"]),
        cells["kind"],
        name,
        cells["state"],
    )


def _day(digits: str) -> int:
    return int(digits) if _DAY.fullmatch(digits) and digits != _NONE else 0


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
