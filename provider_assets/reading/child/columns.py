"""What the columns of a sheet look like, so that a layout can be drafted for them.

Only headers and counts leave the process, no row's values.
"""

import re
from collections.abc import Sequence
from typing import Any

from provider_assets.providers.check_digit import is_valid
from provider_assets.providers.cleaning import clean_npi, clean_text
from provider_assets.providers.entities import field_of
from provider_assets.providers.forms import forms
from provider_assets.providers.headers import canonical
from provider_assets.reading.child.sheets import Sheet

LOOKED_AT_ROWS = 2_000
LOOKED_AT_COLUMNS = 1_000
MOST = 0.5
_NAME = re.compile(r"[^\W\d_][\w'\u2019.\- ]*", re.UNICODE)
_LAST_FIRST = re.compile(r"[^\W\d_][\w'\u2019.\- ]*, *[^\W\d_].*", re.UNICODE)


def look_at(sheet: Sheet, known: frozenset[str]) -> list[dict[str, Any]]:
    """The sheet's headers and what stands below each, as one dictionary; none for a blank sheet.

    `known` are canonical headers that layouts look for. The keys are `sheet`, `header_row` (from
    1), how many `rows` were looked at, and `columns`, each with `header`, the `heading` above it,
    `position`, how many values are `filled`, valid NPIs (`npi`), names (`name`), or names written
    `last_first`, the field that they are by themselves (`held`), and `forms` of two or three.
    """
    width = min(max((len(row) for row in sheet.head), default=0), LOOKED_AT_COLUMNS)
    if sheet.is_blank or not width:
        return []
    cells = [c.slice(sheet.first, LOOKED_AT_ROWS).to_pylist() for c in sheet.columns(range(width))]
    row = _header_row(cells, known)
    headings = _headings(cells, row)
    columns = []
    for position, column in enumerate(cells):
        header = clean_text(_at(column, row) or "")
        if header and canonical(header):
            columns.append(
                {"header": header, "heading": headings[position], "position": position}
                | _counts(column[row + 1 :])
            )
    rows = sum(any(column[at] for column in cells) for at in range(row + 1, len(cells[0])))
    return [
        {"sheet": sheet.name, "header_row": sheet.first + row + 1, "rows": rows, "columns": columns}
    ]


def _headings(cells: Sequence[Sequence[str | None]], row: int) -> list[str | None]:
    """The heading above each column, which may span several; None where there is none."""
    above = _heading_row(cells, row)
    found: list[str | None] = []
    heading = None
    for column in cells:
        heading = (None if above is None else clean_text(column[above] or "")) or heading
        found.append(heading if column[row] else None)
    return found


def _heading_row(cells: Sequence[Sequence[str | None]], row: int) -> int | None:
    """The row of the headings: right above, or beyond a blank row where headers stand twice."""
    if not row or any(column[row - 1] for column in cells):
        return row - 1 if row else None
    told = [canonical(column[row] or "") for column in cells if column[row]]
    return row - 2 if row > 1 and len(set(told)) < len(told) else None


def _at(column: Sequence[str | None], row: int) -> str | None:
    """The header of a column: in its row or, where cells are merged downwards, right above."""
    return column[row] or (column[row - 1] if row else None)


def _header_row(cells: Sequence[Sequence[str | None]], known: frozenset[str]) -> int:
    """The row with the most headers in it: known ones above all, then texts without digits.

    Where a column holds NPIs, it stands above the first of them.
    """
    end = min(len(cells[0]), 100)
    npis = max(cells, key=lambda column: sum(_is_npi(cell) for cell in column))
    first = next((at for at, cell in enumerate(npis[:end]) if _is_npi(cell)), None)
    last = end if first is None else first

    def score(row: int) -> tuple[int, int, int]:
        told = [_at(column, row) for column in cells] if any(c[row] for c in cells) else []
        texts = [text for text in told if text and text.strip()]
        titles = {text for text in texts if not any(c.isdigit() for c in text or "")}
        return sum(canonical(text or "") in known for text in texts), len(titles), row

    return max(range(last), key=score, default=0)


def _is_npi(cell: str | None) -> bool:
    return cell is not None and is_valid(clean_npi(cell) or "")


def _counts(column: Sequence[str | None]) -> dict[str, Any]:
    texts = [text for cell in column if cell and (text := clean_text(cell))]
    return {
        "filled": len(texts),
        "npi": sum(is_valid(clean_npi(text) or "") for text in texts),
        "ten_digits": sum(
            bool(re.fullmatch(r"[0-9]{10}", clean_npi(text) or "")) for text in texts
        ),
        "name": sum(bool(_NAME.fullmatch(text)) for text in texts),
        "last_first": sum(bool(_LAST_FIRST.fullmatch(text)) for text in texts),
        "held": field_of(texts),
        "forms": forms(texts),
    }
