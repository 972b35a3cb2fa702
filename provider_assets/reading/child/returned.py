"""A workbook of ours that came back: which it is, and which of its rows nobody has touched.

What it is known by stands in `providers.returned`.
"""

import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress

import pyarrow as pa

from provider_assets.providers.headers import canonical
from provider_assets.providers.returned import (
    CHECK,
    DUPLICATES,
    REPEATS,
    STAMP,
    WARNINGS,
    check_of,
    find_stamp,
    has_reject_headers,
    is_called,
)
from provider_assets.reading.child.endings import end_columns
from provider_assets.reading.child.headings import Candidate
from provider_assets.reading.child.taking import Taken
from provider_assets.reading.mailbox.opening import open_file

_START = 1 << 16
_LARGEST = 1 << 20
_PROPERTIES = re.compile(r"docprops/custom\.xml|meta\.xml", re.IGNORECASE)
_OLE_PROPERTIES = "\x05documentsummaryinformation"
_FLAT = ("xml", "html", "ods")
_REPEATED = re.compile(r"\((" + "|".join(REPEATS) + r")\)")


def stamp_of(taken: Taken) -> tuple[str, str] | None:
    """What a workbook of ours was made as, and the hash of the roster that it was made of.

    None where it bears no stamp, or none that can be found.
    """
    with suppress(Exception):  # whatever a container may raise: then there is no stamp
        return find_stamp(_properties(taken))
    return None


def _properties(taken: Taken) -> bytes:
    """Where the properties of a workbook of this kind stand, as they are kept."""
    if taken.content.names:
        with zipfile.ZipFile(taken.path) as folder:
            names = [name for name in folder.namelist() if _PROPERTIES.fullmatch(name)]
            return b"".join(folder.open(name).read(_LARGEST) for name in names)
    if _OLE_PROPERTIES in taken.content.streams:
        import olefile

        with olefile.OleFileIO(taken.path) as ole:
            return bytes(ole.openstream(_OLE_PROPERTIES).read(_LARGEST))
    if taken.kind not in _FLAT:
        return b""
    with open_file(taken.path) as file:
        start = file.read(_START)
    return start if STAMP.encode() in start.replace(b"\0", b"") else b""


def origin_column(found: Candidate) -> int | None:
    """The position of the column that says where a row of a reject workbook once stood."""
    return _own_column(found, "Sheet")


def check_column(found: Candidate) -> int | None:
    """The position of the column that tells whether a row was changed."""
    return _own_column(found, CHECK)


def _own_column(found: Candidate, name: str) -> int | None:
    """Where a column of ours stands: under `Reject` where the roster has one of that name."""
    if not has_reject_headers(found.headers):
        return None
    names = [canonical(header or "") for header in found.headers]
    own, plain = canonical(f"Reject {name}"), canonical(name)
    if own in names:
        return names.index(own)
    return len(names) - 1 - names[::-1].index(plain) if plain in names else None


def reason_column(found: Candidate) -> int | None:
    """The position of the column that tells why, where no column tells whether it was changed."""
    is_asked = has_reject_headers(found.headers) and check_column(found) is None
    return _own_column(found, "Reason") if is_asked else None


def unchanged_repeats(
    cells: Mapping[int, pa.Array], found: Candidate
) -> tuple[list[tuple[str, pa.Array]], list[str]]:
    """By code, which rows of a reject workbook repeat an earlier row as they did, and a sentence.

    `cells` are the columns by position, below the headers. Where the column `Check` is gone nobody
    can tell a changed row from another, so that each is taken for unchanged, and that is told.
    """
    check, reason = check_column(found), reason_column(found)
    if check is not None:
        codes = _checked(cells, found, check)
    elif reason is not None:
        codes = [_said(text) for text in cells[reason].to_pylist()]
    else:
        return [], []
    marks = [(code, pa.array([one == code for one in codes], pa.bool_())) for code in REPEATS]
    repeats = sum(code is not None for code in codes)
    if check is not None or not repeats:
        return marks, []
    rows = f"{repeats:,} rows repeat an earlier one" if repeats > 1 else "1 row repeats an earlier"
    return marks, [
        f"sheet {found.sheet!r}: {rows}, and the column {CHECK!r} is gone, which shows whether "
        "they were corrected; they were left out: correct them in the roster itself"
    ]


def _checked(cells: Mapping[int, pa.Array], found: Candidate, check: int) -> list[str | None]:
    told = cells[check].to_pylist()
    codes: list[str | None] = [None] * len(told)
    used = {*found.match.columns.values(), *(end.position for end in end_columns(found))}
    own = {at: found.headers[at] or "" for at in used}
    for row, text in enumerate(told):
        code = (text or "").strip().partition(" ")[0]
        if code in REPEATS:
            values = ((header, cells[at][row].as_py()) for at, header in own.items())
            codes[row] = code if check_of(code, values) == (text or "").strip() else None
    return codes


def _said(reason: str | None) -> str | None:
    found = _REPEATED.search(reason or "")
    return found[1] if found else None


def left_out(found: Candidate, *, is_stamped: bool) -> str | None:
    """Why a sheet of a reject workbook is no roster; None where it is one."""
    headed = has_reject_headers(found.headers)
    if (headed or is_stamped) and is_called(found.sheet, WARNINGS):
        return (
            f"sheet {found.sheet!r} lists rows that loaded with a warning; it was left out: "
            "correct those in the roster itself"
        )
    if is_stamped and not headed and is_called(found.sheet, DUPLICATES):
        return (
            f"sheet {found.sheet!r} lists rows that repeat an earlier one, and the columns that we "
            "added are gone; it was left out: correct those in the roster itself"
        )
    return None
