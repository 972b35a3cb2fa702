"""What an xlsx says of itself before its cells: its sheets, its date system, what is odd in it.

The quick reader is right where nothing is odd; what it reads wrongly or not at all is named here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain

from provider_assets.reading.child.markup import Attributes
from provider_assets.reading.child.package import WORKSHEET, Package, Relation
from provider_assets.reading.child.readers.looks import Look

_START = 1 << 12
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*>")
_SOUND_DIMENSION = re.compile(rb'\sref="[A-Z]{1,3}[0-9]{1,7}(:[A-Z]{1,3}[0-9]{1,7})?"')
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)""")
_WITHOUT_CELLS = {
    "chartsheet": "charts",
    "dialogsheet": "a dialog",
    "xlMacrosheet": "macros",
    "xlIntlMacrosheet": "macros",
}


@dataclass(frozen=True)
class SheetEntry:
    """A sheet as the workbook lists it; `relation` is None where there is none."""

    name: str
    is_hidden: bool
    relation: Relation | None

    @property
    def part(self) -> str | None:
        """The part with its cells; None where it has none."""
        if self.relation is None or self.relation.kind != WORKSHEET:
            return None
        return self.relation.part

    @property
    def held(self) -> str | None:
        """What it holds in place of cells; None where it should hold cells."""
        return _WITHOUT_CELLS.get(self.relation.kind if self.relation else "")

    @property
    def note(self) -> str:
        """Why it has no cells."""
        if self.held:
            return f"sheet {self.name!r} holds {self.held}, not cells; it was skipped"
        return f"sheet {self.name!r} has no content in the file; it was skipped"


@dataclass(frozen=True)
class Contents:
    """A workbook's sheets in their order, whether days count from 1904, and the shared parts."""

    sheets: tuple[SheetEntry, ...]
    is_1904: bool
    strings: Relation | None
    styles: Relation | None


def contents_of(package: Package) -> Contents:
    """Read the part that lists the sheets. Raises Refusal where it is damaged."""
    relations = package.relations(package.workbook)
    sheets: list[SheetEntry] = []
    dates: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "workbookPr":  # Excel writes a second one, without a date system, for itself
            dates.append(attributes.get("date1904", "0").lower())
        elif name == "sheet":
            is_hidden = attributes.get("state", "visible") != "visible"
            relation = relations.get(attributes.get("id", ""))
            sheets.append(SheetEntry(attributes.get("name", ""), is_hidden, relation))

    package.walk(package.workbook, start)
    parts = {one.kind: one for one in relations.values() if one.part}
    is_1904 = any(date not in ("0", "false", "off") for date in dates)
    return Contents(
        _with_the_only_part(package, sheets),
        is_1904,
        parts.get("sharedStrings") or _usual(package, "sharedStrings"),
        parts.get("styles") or _usual(package, "styles"),
    )


def _with_the_only_part(package: Package, sheets: list[SheetEntry]) -> tuple[SheetEntry, ...]:
    """One sheet without a relationship and one part with cells belong together."""
    parts = [name for name in package.names if re.search(r"/worksheets/[^/]+\.xml$", name)]
    if len(sheets) == len(parts) == 1 and sheets[0].relation is None:
        relation = Relation(WORKSHEET, parts[0], is_direct=False)
        return (replace(sheets[0], relation=relation),)
    return tuple(sheets)


def _usual(package: Package, kind: str) -> Relation | None:
    """A shared part under its usual name, where no relationship leads to it."""
    name = f"{package.workbook.rpartition('/')[0]}/{kind}.xml".lower()
    return Relation(kind, name, is_direct=False) if name in package.names else None


def is_odd(package: Package, contents: Contents, look: Callable[[str], Look]) -> bool:
    """Whether the quick reader would read it wrongly, or not at all; `look` goes through a part."""
    relations = [sheet.relation for sheet in contents.sheets]
    others = [one for one in (contents.strings, contents.styles) if one]
    if contents.is_1904 or package.workbook != "xl/workbook.xml":
        return True
    if any(one is None or one.part is None or one.kind != WORKSHEET for one in relations):
        return True
    told = [one for one in chain(relations, others) if one and one.part]
    if not all(one.is_direct for one in told):
        return True
    parts = ["[content_types].xml", package.workbook, *(one.part for one in told if one.part)]
    return any(_starts_oddly(package, part) for part in parts if part in package.names) or any(
        look(one.part).has_loose_runs for one in told if one.part and one.kind != "styles"
    )


def _starts_oddly(package: Package, part: str) -> bool:
    with package.open(part) as stream:
        start = stream.read(_START)
    encoding = _ENCODING.search(start)
    if b"\0" in start[:4] or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        return True
    dimension = _DIMENSION.search(start)
    return bool(dimension) and not _SOUND_DIMENSION.search(dimension[0] if dimension else b"")
