"""Delimited text: its encoding, its delimiter, its columns.

How lines become rows stands in `records`.
"""

import codecs
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa

from provider_assets.errors import FileCode
from provider_assets.providers.headers import canonical
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.records import Record, Records
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.sheets import HEAD_ROWS, Sheet, Workbook
from provider_assets.reading.limits import ReadingLimits

DELIMITERS = ",;\t|"
SAMPLE_BYTES = 1 << 16
CHUNK_ROWS = 50_000
SHEET_NAME_LENGTH = 100
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f\x00")
_MOST_CONTROLS = 0.005


def _read(path: Path, name: str, known: frozenset[str], limits: ReadingLimits) -> Sheet:
    """The text's one sheet, called `name`.

    `known` are canonical headers: the delimiter that shows most of them is the right one.
    Raises Refusal where this is no text, or too much of it.
    """
    source = _Source(path, encoding_of(path), limits)
    source.delimiter, source.skip = _delimiter(source, known)
    first, head = _head(source)
    notes: list[str] = []

    def columns(positions: Sequence[int]) -> list[pa.Array]:
        return _columns(source, positions, notes)

    return Sheet(name, head, columns, notes=notes, first=first)


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

    def __init__(self, path: Path, encoding: str, limits: ReadingLimits) -> None:
        self.path = path
        self.encoding = encoding
        self.limits = limits
        self.delimiter = ","
        self.skip = 0

    def records(self, delimiter: str | None = None, notes: list[str] | None = None) -> Records:
        return Records(self._lines(), delimiter or self.delimiter, self.limits, notes)

    def _lines(self) -> Iterator[str]:
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            yield from islice(file, self.skip, None)

    def first_line(self) -> str:
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            return file.readline(100).strip("\ufeff\r\n ")


def _columns(source: _Source, positions: Sequence[int], notes: list[str]) -> list[pa.Array]:
    """These columns of every record, built piece by piece so that few rows are held as objects."""
    chunks: list[list[pa.Array]] = [[] for _ in positions]
    records = iter(source.records(notes=notes))
    while piece := list(islice(records, CHUNK_ROWS)):
        for chunk, position in zip(chunks, positions, strict=True):
            cells = [record[position] if position < len(record) else None for record in piece]
            chunk.append(pa.array([cell or None for cell in cells], pa.string()))
    return [pa.concat_arrays(chunk or [pa.array([], pa.string())]) for chunk in chunks]


def _cells(record: Record) -> list[str | None]:
    return [cell or None for cell in record]


def encoding_of(path: Path) -> str:
    """The codec that the text is written in. Raises Refusal where its bytes are no text."""
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding
    if (wide := _wide(start)) is not None:
        return wide
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in start)  # noqa: PLR2004
    if controls > len(start) * _MOST_CONTROLS or start.count(0) > len(start) // 10:
        refuse(
            FileCode.UNSUPPORTED,
            "this is neither a spreadsheet nor text; send the roster as an Excel workbook (.xlsx)",
        )
    return _narrow(path)


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin letters and digits is a zero."""
    even, odd, half = start[::2].count(0), start[1::2].count(0), len(start) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _narrow(path: Path) -> str:
    """UTF-8, unless there is so much in it that is none that it must be Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    wrong = right = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if piece.isascii():
                continue
            text = decoder.decode(piece)
            bad = text.count("\ufffd")
            wrong += bad
            right += sum(character > "\x7f" for character in text) - bad if bad else 1
    return "cp1252" if wrong and wrong * 10 > right else "utf-8"


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
    name = " ".join(Path(source.name).stem.split())[:SHEET_NAME_LENGTH] or "text"
    return Workbook(iter([_read(source.path, name, source.known, limits)]), [])


READER = Reader(
    "delimited text",
    ("csv", "tsv", "psv", "txt"),
    recognises=lambda _content: True,
    open=_open,
    extent=lambda _path, _limits: 0,
)
