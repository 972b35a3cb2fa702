"""Delimited text: its encoding, its delimiter, its rows. Runs in the reader's child process.

Rows are counted as a spreadsheet program counts them when it opens the file: a record is a row,
also where a quoted cell holds line breaks, and so is a blank line.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from provider_assets.errors import FileCode
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.refusal import refuse
from provider_assets.reading.sheets import HEAD_ROWS, Sheet

DELIMITERS = ",;\t|"
SAMPLE = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Dialect:
    """How the text is written."""

    encoding: str
    delimiter: str


def read_text(path: Path, limits: ReadingLimits) -> Sheet:
    """The text's one sheet. Raises Refusal where it is no text or has nothing in it."""
    csv.field_size_limit(limits.cell_characters * 64)
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    dialect = Dialect(encoding, delimiter)
    head: list[list[str | None]] = []
    rows = 0
    for record in _records(path, dialect):
        if rows < HEAD_ROWS:
            head.append([cell or None for cell in record])
        rows += 1
        if rows > limits.rows or len(record) > limits.columns:
            refuse(FileCode.TOO_LARGE, "the text has more rows or columns than a sheet can have")

    def columns(positions: Sequence[int]) -> list[pa.Array]:
        found: list[list[str | None]] = [[] for _ in positions]
        for record in _records(path, dialect):
            width = len(record)
            for cells, position in zip(found, positions, strict=True):
                cells.append((record[position] or None) if position < width else None)
        return [pa.array(cells, pa.string()) for cells in found]

    def row(at: int) -> list[str | None]:
        for index, record in enumerate(_records(path, dialect)):
            if index == at:
                return [cell or None for cell in record]
        return []

    return Sheet(path.stem, rows, head, columns, row)


def _records(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    with path.open(encoding=dialect.encoding, errors="replace", newline="") as file:
        lines = (line.replace("\0", "") for line in file)
        try:
            yield from csv.reader(lines, delimiter=dialect.delimiter)
        except csv.Error:
            refuse(FileCode.TOO_LARGE, "a cell of the text is longer than a cell can be")


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(SAMPLE)
        for bom, encoding in _BOMS:
            if start.startswith(bom):
                return encoding
        if start.count(0) > len(start) // 4:
            return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        if any(byte < 9 or 13 < byte < 27 for byte in start):  # noqa: PLR2004
            refuse(
                FileCode.UNSUPPORTED,
                "this is not a spreadsheet and not text; send the roster as an Excel workbook (.xlsx)",
            )
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := file.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(SAMPLE)
    lines = [line for line in sample.splitlines()[:50] if line.strip()]
    return max(DELIMITERS, key=lambda mark: sum(min(line.count(mark), 50) for line in lines))
