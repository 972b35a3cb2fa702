"""Columns of text as dictionaries: each value once, a small number a row.

Millions of rows share some hundred thousand names; so a column takes four bytes a row.
"""

import pyarrow as pa
import pyarrow.compute as pc

_AT_ONCE = 2**20  # rows that are encoded together: fewer would keep values again and again


class Numbers:
    """A column of numbers that grows array by array.

    Small arrays among large ones that come and go would keep the system's memory from being
    given back, so some hundred thousand rows are put together.
    """

    def __init__(self) -> None:
        self._parts: list[pa.Array] = []
        self._small: list[pa.Array] = []
        self._rows = 0

    def add(self, cells: pa.Array) -> None:
        """Append numbers."""
        self._small.append(cells)
        self._rows += len(cells)
        if self._rows >= _AT_ONCE:
            self._join()

    def whole(self) -> pa.Array:
        """All that was added; the column is empty afterwards."""
        self._join()
        parts, self._parts = self._parts, []
        return pa.concat_arrays(parts)

    def _join(self) -> None:
        if self._small:
            self._parts.append(pa.concat_arrays(self._small))
        self._small, self._rows = [], 0


class Texts:
    """A dictionary column that grows array by array."""

    def __init__(self) -> None:
        self._parts: list[pa.DictionaryArray] = []
        self._plain: list[pa.Array] = []
        self._rows = 0

    def add(self, cells: pa.Array) -> None:
        """Append texts; null is null."""
        self._plain.append(cells)
        self._rows += len(cells)
        if self._rows >= _AT_ONCE:
            self._encode()

    def parts(self) -> list[pa.DictionaryArray]:
        """All that was added, for `joined`; the column is empty afterwards."""
        self._encode()
        parts, self._parts = self._parts, []
        return parts

    def _encode(self) -> None:
        if self._plain:
            self._parts.append(narrowed(pc.dictionary_encode(pa.concat_arrays(self._plain))))
        self._plain, self._rows = [], 0


def joined(parts: list[pa.DictionaryArray]) -> pa.DictionaryArray:
    """Dictionary arrays end to end, over one dictionary; its numbers have 32 bits.

    The list is emptied on the way, so that what is joined goes as soon as it is copied.
    """
    if not parts:
        return pa.array([], pa.string()).dictionary_encode()
    wide = []
    parts.reverse()
    while parts:
        one = parts.pop()
        wide.append(pa.DictionaryArray.from_arrays(one.indices.cast(pa.int32()), one.dictionary))
    del one
    unified = pa.chunked_array(wide).unify_dictionaries()
    del wide  # before the copy that puts them together
    whole = unified.combine_chunks()
    return whole if isinstance(whole, pa.DictionaryArray) else whole.chunk(0)


def narrowed(cells: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same with the smallest numbers that do."""
    size = len(cells.dictionary)
    kind = next(
        kind for kind, most in ((pa.int8(), 2**7), (pa.int16(), 2**15), (pa.int32(), 2**31))
        if size < most
    )  # fmt: skip
    return pa.DictionaryArray.from_arrays(cells.indices.cast(kind), cells.dictionary)


def decoded(cells: pa.Array) -> pa.Array:
    """Bytes as text: UTF-8, and a value that is none Windows-1252.

    NPPES' files are UTF-8 by some reports and Latin-1 by others, so each value tells for itself.
    """
    try:
        return cells.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([_text(value) for value in cells.to_pylist()], pa.string())


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace")
