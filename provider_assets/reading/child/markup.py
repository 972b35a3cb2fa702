"""XML, gone through piece by piece by expat: no entity is defined, no nesting goes too deep.

Names come without their namespace's prefix, which each program chooses as it likes; only what
LibreOffice adds in a namespace of its own is called `ext:…`, since it repeats names.
"""

from collections.abc import Callable
from functools import cache
from typing import IO
from xml.parsers import expat

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import refuse, refuse_damaged, refuse_too_large

DEEPEST = 256
LONGEST_TEXT = 1 << 20
PIECE = 1 << 16

Attributes = dict[str, str]


def walk(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda _name: None,
    text: Callable[[str], None] = lambda _text: None,
) -> None:
    """Call back for each element's start and end and for the text in between.

    Raises Refusal `corrupt` where it is no XML or defines entities, `too-large` where a text never
    ends; what the callbacks raise comes through.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    state = _State()

    def opened(name: str, attributes: Attributes) -> None:
        state.deeper()
        start(_local(name), {_local(key): value for key, value in attributes.items()})

    def closed(name: str) -> None:
        state.depth -= 1
        state.plain = 0
        end(_local(name))

    def said(data: str) -> None:
        state.read(len(data))
        text(data)

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = said
    parser.EntityDeclHandler = _refuse_entities
    try:
        while piece := stream.read(PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except expat.ExpatError:
        refuse_damaged()


class _State:
    def __init__(self) -> None:
        self.depth = 0
        self.plain = 0

    def deeper(self) -> None:
        self.depth += 1
        self.plain = 0
        if self.depth > DEEPEST:
            refuse_damaged()

    def read(self, characters: int) -> None:
        self.plain += characters
        if self.plain > LONGEST_TEXT:
            refuse_too_large("a cell holds more text than a cell can")


@cache
def _local(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"ext:{local}" if "experimental" in space else local


def _refuse_entities(*_: object) -> None:
    refuse(
        FileCode.CORRUPT,
        "the workbook defines XML entities, which no spreadsheet program writes; open it in "
        "one, save it as an Excel workbook (.xlsx), and send that",
    )
