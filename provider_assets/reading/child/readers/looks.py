"""One pass over a part of an xlsx, for what the quick reader loses or cannot tell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from provider_assets.reading.child.package import Package

_PIECE = 1 << 20
_OVERLAP = 1 << 10
# a run of rich text whose blanks at an end are not marked as such: the parsers in Rust lose them
_RUNS = (b"<r>", b":r>")
_BLANK_AT_END = re.compile(rb"<(?:\w+:)?t>(?:[ \t\r\n]|[^<]*[ \t\r\n]<)")
_FORMULAS = (b"<f>", b"<f ", b":f>", b":f ")


@dataclass
class Look:
    """What is in a part: blanks at the ends of runs that get lost; anything like a formula."""

    has_loose_runs: bool = False
    has_formulas: bool = False


def look_through(package: Package, part: str) -> Look:
    """Unpack a part piece by piece, and look at each. Raises Refusal where it is damaged."""
    look = Look()
    with package.open(part) as stream:
        for piece in _pieces(stream):
            if not look.has_loose_runs and any(run in piece for run in _RUNS):
                look.has_loose_runs = bool(_BLANK_AT_END.search(piece))
            look.has_formulas = look.has_formulas or any(mark in piece for mark in _FORMULAS)
    return look


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The part piece by piece, each with the end of the one before."""
    end = b""
    while piece := stream.read(_PIECE):
        yield end + piece
        end = piece[-_OVERLAP:]
