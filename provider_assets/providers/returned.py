"""Workbooks of ours that come back: how they are known, and what in them is no roster.

A reject workbook is a roster too, once it is corrected. It is known by a stamp in its properties,
which "save as" of any spreadsheet program keeps, and where that is gone by the columns that we add.
Pure text; the reader's child process uses it.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal

from provider_assets.providers.cleaning import FORMULA_SIGNS, clean_text
from provider_assets.providers.duplicates import CONFLICTING, IN_FILE
from provider_assets.providers.headers import canonical

MadeAs = Literal["rejects", "filtered"]

WARNINGS = "Warnings"
"""The sheet of a reject workbook whose rows loaded."""

LEAVERS = "Left"
"""The sheet of a reject workbook whose rows say that their provider left.

Its name alone says so, under every layout: they stay so where the columns that we add are gone.
"""

DUPLICATES = "Duplicates"
"""The sheet of a reject workbook whose rows repeat an earlier one."""

# what a reject workbook has after the roster's own columns; one that the roster uses itself gets
# `Reject` before it
REJECT_HEADERS = ("Reason", "What to do", "Sheet", "Row")
CHECK = "Check"
"""The header of the column, after those, that tells whether a row of `DUPLICATES` was changed."""

REPEATS = (CONFLICTING, IN_FILE)
STAMP = "provider_assets"
"""The name of the property that says what a workbook of ours is."""

_PARTED = "\x1e"
_STAMPED = re.compile(rf"{STAMP} (rejects|filtered) of ([0-9a-f]{{64}})".encode())
_DISARMING = re.compile(f"'+(?=[{re.escape(FORMULA_SIGNS)}])")


def stamp(made_as: MadeAs, sha256: str) -> str:
    """What the property says of a workbook that was made of a roster with this content."""
    return f"{STAMP} {made_as} of {sha256}"


def find_stamp(properties: bytes) -> tuple[str, str] | None:
    """What a workbook was made as, and the hash of the roster that it was made of.

    `properties` are a workbook's, packed in whatever way; UTF-16 will do.
    """
    found = _STAMPED.search(properties.replace(b"\0", b""))
    return (found[1].decode(), found[2].decode()) if found else None


def reject_headers(own: Iterable[str], *, checked: bool = False) -> tuple[str, ...]:
    """The headers of a reject workbook after the roster's own ones, none of which they repeat."""
    taken = {canonical(header) for header in own}
    ours = (*REJECT_HEADERS, CHECK) if checked else REJECT_HEADERS
    return tuple(f"Reject {name}" if canonical(name) in taken else name for name in ours)


def has_reject_headers(headers: Iterable[str | None]) -> bool:
    """Whether these are the headers of a reject workbook that came back."""
    found = {canonical(header) for header in headers if header}
    return all(
        not found.isdisjoint((canonical(name), canonical(f"Reject {name}")))
        for name in REJECT_HEADERS
    )


def is_called(sheet: str, title: str) -> bool:
    """Whether a sheet of a reject workbook bears this title, or is a further one of it."""
    return canonical(sheet).rstrip("0123456789") == canonical(title)


def check_of(code: str, cells: Iterable[tuple[str, str | None]]) -> str:
    """What the column `Check` says of a row: its code, and a hash over its cells by header.

    Order, blanks and blank cells do not count, nor does what disarms a formula.
    """
    told = sorted(
        f"{canonical(header)}\x1f{_DISARMING.sub('', text)}"
        for header, cell in cells
        if cell and (text := clean_text(cell))
    )
    return f"{code} {blake2b(_PARTED.join(told).encode(), digest_size=6).hexdigest()}"


def repeat_of(codes: str) -> str | None:
    """The code that says that a row repeats an earlier one, out of blank-joined ones."""
    return next((code for code in REPEATS if code in codes.split()), None)
