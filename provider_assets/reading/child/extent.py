"""How far a workbook's sheets reach and what its parts unpack to, before a parser believes them.

A parser holds the whole rectangle that a sheet spans; a workbook of 5 KB can claim one of 17
thousand million cells and end its reader's process. Nothing is kept here: parts are unpacked
piece by piece and looked at.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from provider_assets.errors import FileCode
from provider_assets.reading.child.package import damage_refused, unchecked
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.limits import (
    BELIEVABLE_RATIO,
    EXCEL_COLUMNS,
    EXCEL_ROWS,
    MB,
    ReadingLimits,
)

PIECE = 1 << 20
WINDOW = 1 << 16
# text of one cell without a tag in it, at most: every character as an entity such as &#x1F600;
LONGEST_PLAIN = 4 * WINDOW
LOOKED_THROUGH = 2 * MB
BOMB_BYTES = 100 * MB

_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?ref="(?:[A-Z]+[0-9]+:)?([A-Z]+)([0-9]+)"')
_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,9})([0-9]{1,12})"')
_BINARY_DIMENSION = b"\x94\x01\x10"


@dataclass
class Extent:
    """Rows and columns up to which a sheet's cells stand."""

    rows: int = 0
    columns: int = 0

    @property
    def cells(self) -> int:
        """The rectangle's size."""
        return self.rows * self.columns

    def reach(self, rows: int, columns: int) -> None:
        """Widen to hold a cell in this row and column (from 1)."""
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)


def extent_of(path: Path, limits: ReadingLimits, *, thorough: bool = False) -> int:
    """The most cells that one sheet of a zipped workbook spans, as far as can be known cheaply.

    Small parts and those packed suspiciously tight are looked through, of the others only the
    start; `thorough` looks through all. Raises Refusal `too-large` or `corrupt`.
    """
    most = 0
    with damage_refused(), zipfile.ZipFile(path) as folder:
        for entry in folder.infolist():
            if _is_looked_at(entry.filename):
                extent = _check_part(folder, entry, limits, thorough=thorough)
                most = max(most, extent.cells)
    return most


def _is_looked_at(name: str) -> bool:
    lowered = name.lower().replace("\\", "/")
    return lowered.endswith((".xml", ".bin")) and (
        "worksheets/" in lowered or "sharedstrings" in lowered
    )


def _check_part(
    folder: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ReadingLimits, *, thorough: bool
) -> Extent:
    tight = entry.file_size > BELIEVABLE_RATIO * max(entry.compress_size, 1)
    all_of_it = thorough or tight or entry.file_size <= LOOKED_THROUGH
    extent = Extent()
    unpacked = plain = 0
    for number, piece in enumerate(_pieces(folder, entry)):
        if number == 0:
            _check_start(piece, entry.filename)
            _reach_declared(piece, extent)
        if not all_of_it:
            break
        unpacked += len(piece)
        if unpacked > limits.unpacked_bytes:
            _refuse_bomb(limits)
        plain = _check_plain(piece, plain, entry.filename)
        for letters, row in set(_CELL.findall(piece)):
            extent.reach(int(row), _number(letters))
    if thorough and tight and unpacked > BOMB_BYTES:
        refuse(
            FileCode.TOO_LARGE,
            f"a part of the workbook unpacks to {unpacked // MB:,} MB, which is more than such a "
            "small file should hold; copy the rows to a new workbook and send that",
        )
    if extent.cells > limits.cells or extent.columns > EXCEL_COLUMNS or extent.rows > EXCEL_ROWS:
        refuse(
            FileCode.TOO_LARGE,
            f"a sheet reaches to row {extent.rows:,} and column {extent.columns:,}; delete the "
            "unused rows and columns and save it again",
        )
    return extent


def _pieces(folder: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's real content, whatever size its directory entry claims."""
    with unchecked(folder, entry.filename) as stream:
        while piece := stream.read(PIECE):
            yield piece


def _check_start(piece: bytes, name: str) -> None:
    if name.endswith(".xml") and (b"<!ENTITY" in piece[:WINDOW] or b"<!DOCTYPE" in piece[:WINDOW]):
        refuse(
            FileCode.CORRUPT,
            "the workbook defines XML entities, which no spreadsheet program writes; open it in "
            "one, save it as an Excel workbook (.xlsx), and send that",
        )


def _check_plain(piece: bytes, plain: int, name: str) -> int:
    """How many bytes at the piece's end are without a tag; refuses where that is too many."""
    if not name.endswith(".xml"):
        return 0
    for start in range(0, len(piece), WINDOW):
        window = piece[start : start + WINDOW]
        plain = plain + len(window) if b"<" not in window else 0
        if plain > LONGEST_PLAIN:
            refuse(
                FileCode.TOO_LARGE,
                "a cell holds more than the 32,767 characters that a cell can; shorten it",
            )
    return plain


def _reach_declared(piece: bytes, extent: Extent) -> None:
    found = _DIMENSION.search(piece[:WINDOW])
    if found:
        extent.reach(int(found[2]), _number(found[1]))
    at = piece[:4096].find(_BINARY_DIMENSION)
    if at >= 0 and len(piece) >= at + 19:
        last = [int.from_bytes(piece[at + n : at + n + 4], "little") for n in (7, 15)]
        extent.reach(last[0] + 1, last[1] + 1)


def _number(letters: bytes) -> int:
    """A column's number from its letters: A is 1."""
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _refuse_bomb(limits: ReadingLimits) -> NoReturn:
    refuse(
        FileCode.TOO_LARGE,
        f"the workbook unpacks to more than {limits.unpacked_bytes // MB:,} MB; send the roster "
        "in several files",
    )


def explain_extent(path: Path, limits: ReadingLimits) -> None:
    """Look all parts through, for what another reader may have died of."""
    extent_of(path, limits, thorough=True)
