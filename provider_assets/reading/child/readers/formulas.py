"""Formulas that were saved without a value: where they stand in a worksheet's part.

The parsers give such a cell as blank. A program that writes workbooks (and never calculates) leaves
them so; a spreadsheet program saves what it shows.
"""

import re
from collections.abc import Iterator
from typing import IO

from provider_assets.reading.child.package import Package

Place = tuple[int, int]
_CHUNK = 1 << 20
_LONGEST = 1 << 16  # of one cell with its formula
# an empty text (t="str") is a value
_BARE = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"(?![^>]*\bt="str")[^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def uncalculated(package: Package, part: str) -> frozenset[Place]:
    """The places (row, column, from 0) of a sheet's formulas without a value."""
    with package.open(part) as stream:
        return frozenset(_places(stream))


def _places(stream: IO[bytes]) -> Iterator[Place]:
    left = b""
    while piece := stream.read(_CHUNK):
        text = left + piece
        if b"<f" in text or b":f" in text:
            for found in _BARE.finditer(text):
                yield int(found[2]) - 1, _position(found[1])
        left = text[-_LONGEST:]


def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
