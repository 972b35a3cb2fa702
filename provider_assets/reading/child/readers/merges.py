"""The merged cells of an xlsx worksheet's part, for the quick reader, which does not tell them."""

import re
from collections.abc import Iterator

from provider_assets.reading.child.package import Package

Merged = tuple[int, int, int]
_CHUNK = 1 << 20
_LONGEST = 1 << 8
_REF = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7}):[A-Za-z]{1,3}([0-9]{1,7})")
# from its bracket on, which no cell's text holds; and not far, whatever a file repeats
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]{0,128}?ref\s*=\s*["']([A-Z0-9:]{1,24})["']""")


def merged_cells(package: Package, part: str) -> list[Merged]:
    """The cells of a sheet that are merged over several rows: first and last row, and column."""
    with package.open(part) as stream:
        left, found = b"", set()
        while piece := stream.read(_CHUNK):
            text = left + piece
            found |= set(_MERGED.findall(text))
            left = text[-_LONGEST:]
    return list(_spans(ref.decode("ascii") for ref in found))


def _spans(refs: Iterator[str]) -> Iterator[Merged]:
    return (span for span in map(span_of, refs) if span is not None)


def span_of(ref: str) -> Merged | None:
    """`B2:C4` as its first and last row and its first column, from 0; None of a single row."""
    found = _REF.fullmatch(ref)
    if found is None or found[2] == found[3]:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, int(found[3]) - 1, column - 1
