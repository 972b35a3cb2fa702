"""One pass over a part of an xlsx, for what the quick reader loses or cannot tell.

What is looked for is chosen by how long looking takes: runs stand in a worksheet only where it has
texts of its own (`inlineStr`), and names have a prefix only where the part binds one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from provider_assets.reading.child.package import Package

_PIECE = 1 << 20
_OVERLAP = 1 << 10
_START = 1 << 16
_STRINGS = re.compile(rb"<(?:\w+:)?sst[\s>]")
_PREFIX = re.compile(rb"""xmlns:\w+\s*=\s*["'][^"']*/spreadsheetml/(?:2006/)?main["']""")
_OWN_TEXTS = b"inlineStr"
# a run of rich text whose blanks at an end are not marked as such: the parsers in Rust lose them
_RUNS = (b"<r>", b":r>")
_BLANK_AT_END = re.compile(rb"<(?:\w+:)?t>(?:[ \t\r\n]|[^<]*[ \t\r\n]<)")
_FORMULAS = (b"<f", b":f")
_FORMULA = re.compile(rb"[<:]f[ >]")
_MERGED = b"mergeCell"


@dataclass
class Look:
    """What is in a part: blanks at the ends of runs that get lost; anything like a formula, or
    like merged cells."""

    has_loose_runs: bool = False
    has_formulas: bool = False
    has_merged: bool = False


def look_through(package: Package, part: str) -> Look:
    """Unpack a part piece by piece, and look at each. Raises Refusal where it is damaged."""
    look = Look()
    with package.open(part) as stream:
        may_have_runs = is_strings = False
        names = 2
        for number, piece in enumerate(_pieces(stream)):
            if number == 0:
                start = piece[:_START]
                may_have_runs = is_strings = bool(_STRINGS.search(start))
                names = 2 if _PREFIX.search(start) else 1
            look.has_merged = look.has_merged or _MERGED in piece
            may_have_runs = may_have_runs or _OWN_TEXTS in piece
            if may_have_runs and not look.has_loose_runs and _has_any(_RUNS[:names], piece):
                look.has_loose_runs = bool(_BLANK_AT_END.search(piece))
            if not is_strings and not look.has_formulas and _has_any(_FORMULAS[:names], piece):
                look.has_formulas = bool(_FORMULA.search(piece))
    return look


def _has_any(marks: tuple[bytes, ...], piece: bytes) -> bool:
    return any(mark in piece for mark in marks)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The part piece by piece, each with the end of the one before."""
    end = b""
    while piece := stream.read(_PIECE):
        yield end + piece
        end = piece[-_OVERLAP:]
