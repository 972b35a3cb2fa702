"""What people see in a cell that is no text: a day, a time, a truth value, a number with a format.

The quick parser gives all of them as text, in words of its own, and cannot tell them from typed
text. So where a column of names has such words, and only there, the sheet is read once more with
a parser that keeps types, and for `.xlsx` also the cells' formats.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

_WORDS = r"^(true|false|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?)$"
_NUMBERS = r"^-?[0-9]+(\.[0-9]+)?$"
MOST_NUMBERS = 10_000  # in one column: more are codes, and keep the quick parser's digits
_TOKEN = re.compile(
    r"yyyy|yy|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|am/pm|a/p|\"[^\"]*\"|\\.|.",
    re.IGNORECASE,
)
_UNITS: dict[str, str] = {
    "yyyy": "%Y", "yy": "%y", "mmmmm": "%b", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dddd": "%A",
    "ddd": "%a", "dd": "%d", "hh": "%H", "ss": "%S", "am/pm": "%p", "a/p": "%p",
}  # fmt: skip
_ALIKE = {"m": "month", "d": "day", "h": "hour", "s": "second"}
_NUMBER = re.compile(r"(?P<thousands>#,#*)?(?P<whole>0+)(\.(?P<decimals>0+))?(?P<percent>%?)")


def show_cells(cells: pa.Array, position: int, *, path: Path, sheet: str) -> pa.Array:
    """A column of a workbook's sheet as people see it; `cells` are the quick parser's texts.

    `sheet` is the sheet's name, `position` counts its columns from 0; `path` has a true extension.
    """
    odd = pc.fill_null(pc.match_substring_regex(cells, f"{_NUMBERS}|{_WORDS}"), False)
    if (pc.sum(odd).as_py() or 0) > MOST_NUMBERS:
        odd = pc.fill_null(pc.match_substring_regex(cells, _WORDS), False)
    places = pc.indices_nonzero(odd).to_pylist()
    if not places:
        return cells
    found = _found(path, sheet, position, set(places))
    texts = [found.get(place) or cells[place].as_py() for place in places]
    return pc.replace_with_mask(cells, odd, pa.array(texts, cells.type))


def _found(path: Path, sheet: str, position: int, places: set[int]) -> dict[int, str | None]:
    """What is shown in these rows, by the most that can be learned; nothing where all fails.

    The careful parsers refuse workbooks that the quick one has read: then its words have to do.
    """
    sources = (_with_formats, _with_types) if path.suffix in (".xlsx", ".xlsm") else (_with_types,)
    for source in sources:
        try:
            return dict(source(path, sheet, position, places))
        except Exception:  # noqa: BLE001, S112 - whatever a parser may raise on a broken part
            continue
    return {}


def _with_types(
    path: Path, sheet: str, position: int, places: set[int]
) -> Iterator[tuple[int, str | None]]:
    import python_calamine

    rows = python_calamine.load_workbook(path).get_sheet_by_name(sheet)
    column = position - (rows.start[1] if rows.start else 0)
    for place, row in enumerate(rows.iter_rows()):
        if place in places and 0 <= column < len(row):
            yield place, show(row[column], "General")


def _with_formats(
    path: Path, sheet: str, position: int, places: set[int]
) -> Iterator[tuple[int, str | None]]:
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise ImportError("openpyxl reads only with defusedxml")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = book[sheet]
    last = max(places) + 1
    for (cell,) in rows.iter_rows(min_col=position + 1, max_col=position + 1, max_row=last):
        if cell.value is not None and cell.row - 1 in places:
            yield cell.row - 1, show(cell.value, cell.number_format)


def show(value: object, form: str) -> str | None:
    """One value under a cell format; None where it is text, or the format is beyond us."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date | time):
        return _show_time(value, form) or _plain_time(value)
    if isinstance(value, int | float):
        return _show_number(value, form)
    return None


def _plain_time(value: datetime | date | time) -> str:
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


def _show_time(value: datetime | date | time, form: str) -> str | None:
    """The parts of a day or time as the format orders them; None for a format without any."""
    plain = re.sub(r"\[[^]]*\]", "", form.split(";", maxsplit=1)[0])
    if form in ("mm-dd-yy", "14"):  # the format's number 14: the short day of the United States
        plain = "m/d/yyyy"
    tokens = [token.group() for token in _TOKEN.finditer(plain)]
    if not any(token.lower() in _UNITS or token.lower() in _ALIKE for token in tokens):
        return None
    twelve = any(token.lower() in ("am/pm", "a/p") for token in tokens)
    return "".join(_parts(value, tokens, twelve=twelve))


def _parts(value: datetime | date | time, tokens: list[str], *, twelve: bool) -> Iterator[str]:
    after_hour = False
    for at, token in enumerate(tokens):
        unit = token.lower()
        if unit in ("m", "mm") and (after_hour or _seconds_follow(tokens[at + 1 :])):
            yield f"{getattr(value, 'minute', 0):0{len(unit)}d}"
        elif unit in ("h", "hh") and twelve:
            yield f"{(getattr(value, 'hour', 0) - 1) % 12 + 1:0{len(unit)}d}"
        elif unit in _UNITS:
            yield value.strftime(_UNITS[unit])
        elif unit in _ALIKE:
            yield str(getattr(value, _ALIKE[unit], 0))
        else:
            yield token.strip('"') if token[0] == '"' else token.lstrip("\\")
        if unit in _UNITS or unit in _ALIKE:
            after_hour = unit[0] == "h"


def _seconds_follow(tokens: list[str]) -> bool:
    units = [
        token.lower() for token in tokens if token.lower() in _UNITS or token.lower() in _ALIKE
    ]
    return bool(units) and units[0][0] == "s"


def _show_number(value: float, form: str) -> str | None:
    found = _NUMBER.fullmatch(form)
    if found is None:
        return None
    decimals = len(found["decimals"] or "")
    shown = value * 100 if found["percent"] else value
    width = len(found["whole"]) + (decimals + 1 if decimals else 0)
    mark = "," if found["thousands"] else ""
    return f"{shown:0{width}{mark}.{decimals}f}{found['percent']}"
