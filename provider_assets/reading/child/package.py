"""An Office Open XML package: its parts and how they refer to each other.

What a sheet is and where it stands is said by relationships, not by names: the parts may be in any
folder, the targets absolute, relative or with `..`, the XML in UTF-16.
"""

import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from provider_assets.reading.child.markup import Attributes, walk
from provider_assets.reading.child.refusal import Refusal, refuse_damaged, refuse_too_large

WORKSHEET = "worksheet"
_LARGEST_PART = 64 << 20  # of those that say how others refer to each other


@dataclass(frozen=True)
class Relation:
    """What a part refers to: the last word of its type, and its name where it is there.

    `is_direct` tells that the target leads there without `..`, escapes or another case.
    """

    kind: str
    part: str | None
    is_direct: bool


class Package:
    """An opened package, whose parts are called by their names in small letters."""

    def __init__(self, path: Path) -> None:
        try:
            self._folder = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            refuse_damaged()
        self.names = {_plain(name): name for name in self._folder.namelist()}

    @cached_property
    def workbook(self) -> str:
        """The part that lists the sheets."""
        told = [one.part for one in self.relations("").values() if one.kind == "officeDocument"]
        usual = [name for name in ("xl/workbook.xml", "xl/workbook.bin") if name in self.names]
        found = next((part for part in (*told, *usual) if part), None)
        if found is None:
            refuse_damaged()
        return found

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        """A part's content. Raises Refusal where it is missing or damaged."""
        with damage_refused(), self._folder.open(self.names[part]) as stream:
            yield stream

    def relations(self, part: str) -> Mapping[str, Relation]:
        """By its id, everything that the part refers to, but what lies outside.

        Nothing where that is damaged: what it leads to may still be found by its usual name.
        """
        folder, name = posixpath.split(part)
        listed = _plain(f"{folder}/_rels/{name}.rels")
        found: dict[str, Relation] = {}
        if listed not in self.names:
            return found

        def start(element: str, attributes: Attributes) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                told = attributes.get("Target", "")
                target = _plain(posixpath.join("/", folder, unquote(told)))
                is_there = target in self.names
                exact = self.names.get(target, "").removeprefix(f"{folder}/")
                is_direct = told.removeprefix(f"/{folder}/") == exact
                found[attributes.get("Id", "")] = Relation(
                    kind, target if is_there else None, is_direct
                )

        with suppress(Refusal):
            self.walk(listed, start)
        return found

    def walk(self, part: str, start: Callable[[str, Attributes], None]) -> None:
        """Go through a part of moderate size that says how others are to be read.

        Its checksum does not count: nobody's name stands in it, and spreadsheet programs do not
        look at it either.
        """
        with damage_refused(), unchecked(self._folder, self.names[part]) as stream:
            content = stream.read(_LARGEST_PART + 1)
        if len(content) > _LARGEST_PART:
            refuse_too_large("a part of the workbook is larger than it should be")
        walk(BytesIO(content), start)


@contextmanager
def damage_refused() -> Iterator[None]:
    """Refuse as `corrupt` what a zip raises where it, or a part in it, is damaged."""
    try:
        yield
    except (KeyError, zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        refuse_damaged()
    except Exception as error:  # zlib.error has no public home in the zip module
        if type(error).__name__ == "error" or "password" in str(error):
            refuse_damaged()
        raise


@contextmanager
def unchecked(folder: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A part's real content, whatever size and checksum its directory entry claims."""
    entry = folder.getinfo(name)
    claimed: Any = entry
    size, claimed.file_size, claimed.CRC = entry.file_size, 1 << 62, None
    try:
        with folder.open(entry) as stream:
            yield stream
    finally:
        claimed.file_size = size


def _plain(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()
