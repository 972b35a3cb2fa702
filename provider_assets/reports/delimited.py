"""Tables as CSV, for what is too much for a workbook. What stands in them: `tables`.

A spreadsheet program takes a CSV cell that begins with `= + - @`, a tab or a line break for a
formula or eats it; such a cell gets an apostrophe before it. A reader of rosters strips that
apostrophe, so the file is still a roster; any other program sees it. Quoting does not help: a
quoted formula is a formula. A program that parts cells at semicolons (Excel where the comma
is the decimal sign) finds cells within ours, behind the first even where they are quoted; so what
would begin a formula there gets an apostrophe too.
"""

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from provider_assets.providers.cleaning import FORMULA_SIGNS
from provider_assets.reports import tables
from provider_assets.reports.tables import RosterTable
from provider_assets.reports.told import (
    Context,
    advise_rows,
    beside_rows,
    check_row,
    explain,
    places_of,
)

FORMULA = rf"^([\s\p{{Z}}]*[{re.escape(FORMULA_SIGNS)}]|[\t\r\n])"
WITHIN = rf"(;[\s\p{{Z}}\"]*)([{re.escape(FORMULA_SIGNS)}])"
_UNREADABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"


def write_csv(
    path: Path,
    table: RosterTable,
    context: Context | None = None,
) -> None:
    """One table with its header, and with a context our own columns behind the roster's.

    UTF-8 with a BOM, without which Excel guesses the encoding.
    """
    headers = [disarm(pa.array([header]))[0].as_py() for header in table.headers]
    schema = pa.schema([(str(at), pa.string()) for at in range(len(headers))])
    with path.open("wb") as stream:
        stream.write(b"\xef\xbb\xbf")
        _write_header(stream, headers)
        with pacsv.CSVWriter(stream, schema, write_options=_options()) as writer:
            for part in tables.chunks(table):
                columns = [_arrow(tables.texts(part, column)) for column in table.columns]
                if context is not None:
                    columns += _extra(table, part, context)
                safe = [disarm(column) for column in columns]
                writer.write_table(pa.Table.from_arrays(safe, schema=schema))


def _extra(table: RosterTable, rows: pd.DataFrame, context: Context) -> list[pa.ChunkedArray]:
    about = zip(rows["codes"], rows["npi"], beside_rows(table, rows, context), strict=True)
    told = [
        f"{explain(table, codes, npi, context.kept)} {more}".rstrip() for codes, npi, more in about
    ]
    advised = advise_rows(table, rows)
    own = tables.cells(RosterTable(table.title, table.columns, rows))
    checks = [check_row(table, *one) for one in zip(own, rows["codes"], strict=True)]
    places = places_of(rows), rows["row"].astype("str").tolist()
    extra = (told, advised, *places, checks)[: len(table.extra)]
    return [pa.chunked_array([pa.array(one, pa.string())]) for one in extra]


def _options() -> pacsv.WriteOptions:
    return pacsv.WriteOptions(include_header=False, quoting_style="needed")


def _write_header(stream: object, headers: list[str]) -> None:
    names = pa.table(
        [pa.array([header]) for header in headers], names=[str(i) for i, _ in enumerate(headers)]
    )
    pacsv.write_csv(names, stream, write_options=_options())


def _arrow(texts: pd.Series) -> pa.ChunkedArray:
    return pa.chunked_array(texts.array.__arrow_array__()).cast(pa.string())


def disarm(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells, each that a spreadsheet would take for a formula with an apostrophe before it."""
    if not pc.any(pc.match_substring_regex(cells, f"{FORMULA}|{WITHIN}|{_UNREADABLE}")).as_py():
        return cells
    plain = pc.replace_substring_regex(cells, _UNREADABLE, "\ufffd")
    within = pc.replace_substring_regex(plain, WITHIN, r"\1'\2")
    return pc.replace_substring_regex(within, FORMULA, r"'\1")
