"""Delimited text: its delimiter and its columns. Its encoding is told by `encodings`.

How lines become rows stands in `records`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa

from provider_assets.errors import FileCode
from provider_assets.providers.headers import canonical
from provider_assets.reading.child.encodings import Encoding, encoding_of
from provider_assets.reading.child.ragged import Ragged
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.records import Record, Records
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.sheets import HEAD_ROWS, Sheet, Workbook
from provider_assets.reading.limits import ReadingLimits

DELIMITERS = ",;\t|"
_GAP = re.compile(r"\S {2,}\S")
LIGHT = 32 << 20  # of bytes: above, columns that nobody asks for are not even counted
CHUNK_ROWS = 50_000


def _read(path: Path, name: str, known: frozenset[str], limits: ReadingLimits) -> Sheet:
    """The text's one sheet, called `name`.

    `known` are canonical headers: the delimiter that shows most of them is the right one.
    Raises Refusal where this is no text, or too much of it.
    """
    encoding = encoding_of(path)
    source = _Source(path, encoding, limits)
    source.delimiter, source.skip = _delimiter(source, known)
    first, head = _head(source)
    _refuse_fixed_width(head)
    notes = [encoding.note] if encoding.note else []

    ragged = Ragged()

    def columns(positions: Sequence[int]) -> list[pa.Array]:
        return _columns(source.records(notes=notes, ragged=ragged), positions)

    is_light = path.stat().st_size <= LIGHT
    return Sheet(name, head, columns, notes=notes, first=first, is_light=is_light, ragged=ragged)


def _head(source: "_Source", delimiter: str | None = None) -> tuple[int, list[list[str | None]]]:
    """How many blank records come first, and the records after them."""
    records = iter(source.records(delimiter))
    for first, record in enumerate(records):
        if any(cell and not cell.isspace() for cell in record):
            rest = islice(records, HEAD_ROWS - 1)
            return first, [_cells(one) for one in chain([record], rest)]
    return 0, []


class _Source:
    """A text that is gone through from its start as often as needed."""

    def __init__(self, path: Path, encoding: Encoding, limits: ReadingLimits) -> None:
        self.path = path
        self.encoding = encoding
        self.limits = limits
        self.delimiter = ","
        self.skip = 0

    def records(
        self,
        delimiter: str | None = None,
        notes: list[str] | None = None,
        ragged: Ragged | None = None,
    ) -> Records:
        return Records(self._lines(), delimiter or self.delimiter, self.limits, notes, ragged)

    def _lines(self) -> Iterator[str]:
        return islice(self.encoding.lines(self.path), self.skip, None)

    def first_line(self) -> str:
        return next(self.encoding.lines(self.path), "")[:100].strip("\ufeff\r\n ")


def _columns(lines: Records, positions: Sequence[int]) -> list[pa.Array]:
    """These columns of every record, built piece by piece so that few rows are held as objects."""
    chunks: list[list[pa.Array]] = [[] for _ in positions]
    records = iter(lines)
    while piece := list(islice(records, CHUNK_ROWS)):
        for chunk, position in zip(chunks, positions, strict=True):
            cells = [record[position] if position < len(record) else None for record in piece]
            chunk.append(pa.array([cell or None for cell in cells], pa.string()))
    return [pa.concat_arrays(chunk or [pa.array([], pa.string())]) for chunk in chunks]


def _cells(record: Record) -> list[str | None]:
    return [cell or None for cell in record]


def _refuse_fixed_width(head: list[list[str | None]]) -> None:
    """Columns that are parted by runs of blanks alone are nobody's to guess."""
    lines = [row[0] for row in head if len(row) == 1 and row[0]]
    gaps = sum(bool(_GAP.search(line)) for line in lines)
    if len(lines) == len([row for row in head if row]) and gaps * 2 > len(lines) > 1:
        refuse(
            FileCode.UNSUPPORTED,
            "this is text in columns of fixed width; open it in a spreadsheet program, part the "
            "columns there, and save it as an Excel workbook (.xlsx)",
        )


def _delimiter(source: _Source, known: frozenset[str]) -> tuple[str, int]:
    """The delimiter, and how many lines before the rows a spreadsheet program does not show."""
    first = source.first_line().strip('"')
    if first.lower().startswith("sep=") and len(first) == len("sep=,"):
        return first[-1], 1
    if first.lower() == "sep=":
        return "\t", 1
    return max(DELIMITERS, key=lambda mark: _score(source, mark, known)), 0


def _score(source: _Source, delimiter: str, known: frozenset[str]) -> tuple[int, int, int]:
    """Most known headers in one row, then most rows of one width, then the wider rows."""
    rows = [row for row in _head(source, delimiter)[1] if any(row)]
    headers = max((sum(canonical(c or "") in known for c in row) for row in rows), default=0)
    widths = [len(row) for row in rows if len(row) > 1]
    usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    return (headers if headers > 1 else 0, widths.count(usual), usual)


def _open(source: Source, limits: ReadingLimits) -> Workbook:
    return Workbook(iter([_read(source.path, source.sheet_name, source.known, limits)]), [])


READER = Reader(
    "delimited text",
    ("csv", "tsv", "psv", "txt"),
    recognises=lambda _content: True,
    open=_open,
    extent=lambda _path, _limits: 0,
)
