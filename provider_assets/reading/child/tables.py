"""A workbook's tables: in which sheets they are, under which layout, and what is left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provider_assets.errors import FileCode
from provider_assets.providers.headers import TERMINATION, Wanted, canonical
from provider_assets.providers.kept_apart import judge_use
from provider_assets.providers.returned import CHECK, REJECT_HEADERS, has_reject_headers
from provider_assets.reading.child.endings import end_columns, lookalikes
from provider_assets.reading.child.headings import (
    Candidate,
    best_fit,
    candidates,
    refuse_several,
    shown_header,
)
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.returned import left_out
from provider_assets.reading.child.rows import Built, build
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.child.unfit import refuse_unfit
from provider_assets.reading.limits import ReadingLimits


@dataclass(frozen=True)
class Table:
    """One sheet's providers (`rows.SCHEMA`), its headers, and sentences on what was left out."""

    found: Candidate
    built: Built

    @property
    def rows(self) -> pa.Table:
        """The sheet's providers."""
        return self.built.rows

    def source(self) -> dict[str, Any]:
        """The sheet as `providers.roster.SheetSource` has it."""
        columns = [
            self._column(name, place, None) for name, place in self.found.match.columns.items()
        ]
        ends = end_columns(self.found)
        # one of them is enough to say it in a roster that we write; words are clearer than days
        saying = next((one for one in ends if one.kind != "date"), ends[0] if ends else None)
        columns += [
            self._column(TERMINATION, one.position, one.said_as if one is saying else None)
            for one in ends
        ]
        unread = self._unread({column["position"] for column in columns})
        return {
            "sheet": self.found.sheet,
            "header_row": self.found.row + 1,
            "columns": sorted(columns, key=itemgetter("position")),
            "returned": has_reject_headers(self.found.headers),
            "unread": [column["header"] for column in unread],
            "unread_columns": unread,
            "passed_over": [
                shown_header(self.found.headers[one.position] or "")
                for one in lookalikes(self.found, ends)
                if self.built.filled[one.position][0] and one.kind != "remark"
            ],
            "rows": len(self.rows),
        }

    def _unread(self, read: set[int]) -> list[dict[str, Any]]:
        ours = {canonical(name) for name in (*REJECT_HEADERS, CHECK)}
        returned = has_reject_headers(self.found.headers)
        return [
            {
                "header": shown_header(header),
                "position": position,
                "filled": self.built.filled.get(position, (None,))[0],
            }
            for position, header in enumerate(self.found.headers)
            if header and header.strip() and position not in read
            if not (returned and canonical(header).removeprefix("reject") in ours)
        ]

    def _column(self, field: str, position: int, terminated_as: str | None) -> dict[str, Any]:
        filled, examples = self.built.filled.get(position, (0, []))
        return {
            "header": self.found.headers[position] or "",
            "field": field,
            "position": position,
            "terminated_as": terminated_as,
            "filled": filled,
            "examples": examples,
        }


@dataclass
class Tables:
    """The tables of one workbook, all under one layout.

    `whole` is false where something else was there that may name providers, and was not read.
    """

    layout: str
    tables: list[Table]
    notes: list[str] = field(default_factory=list)
    whole: bool = True

    def write(self, path: Path) -> None:
        """All tables' rows as one Parquet file, written to be read once and soon."""
        pq.write_table(
            pa.concat_tables([table.rows for table in self.tables]),
            path,
            compression="none",
            use_dictionary=["sheet"],
            write_statistics=False,
        )


def read_tables(
    book: Workbook,
    wanted: Sequence[Wanted],
    limits: ReadingLimits,
    today: date,
    *,
    is_rejects: bool = False,
) -> Tables:
    """Read every visible sheet that fits the roster's layout.

    `is_rejects` reports that the workbook bears the stamp of a reject workbook of ours. Raises
    Refusal `empty`, `no-layout`, `duplicate-column`, `ambiguous-layout`, `too-large`.
    """
    looked: list[Candidate] = []
    found: list[Table] = []
    notes: list[str] = []
    no_rosters: list[str] = []
    is_blank = whole = True
    for sheet in book.sheets:
        is_blank = is_blank and sheet.is_blank
        seen = candidates(sheet, wanted)
        looked += seen
        best = best_fit(seen)
        why = None if best is None else left_out(best, is_stamped=is_rejects)
        if why:
            no_rosters.append(why)
        elif best is not None:
            built = build(sheet, best, limits, today)
            use = judge_use(sheet.name)
            if use == "out":
                no_rosters.append(_kept_apart(sheet.name, len(built.rows)))
                continue
            own = _note_record(sheet.name, built.rows) if use == "record" else []
            found.append(Table(best, replace(built, notes=own + built.notes + sheet.notes)))
        elif not sheet.is_blank or sheet.uncalculated():
            notes.append(f"sheet {sheet.name!r} has no table of providers; it was left out")
            whole = False
        else:
            whole = whole and sheet.whole
    if is_blank:
        refuse(FileCode.EMPTY, "no visible sheet has anything in it; send the roster again")
    if not found and no_rosters:
        refuse(FileCode.EMPTY, no_rosters[0])
    if not found:
        refuse_unfit(looked)
    notes += no_rosters
    tables = _of_one_layout(found, notes)
    tables.whole = tables.whole and whole and not no_rosters
    if not any(len(table.rows) for table in tables.tables):
        refuse(FileCode.EMPTY, "there are headers and no rows below them; send the roster again")
    return tables


def _rows(count: int) -> str:
    return f"its {count:,} rows" if count != 1 else "its row"


def _kept_apart(name: str, count: int) -> str:
    verb = "were" if count != 1 else "was"
    return (
        f"sheet {name!r} is named as not to be loaded; {_rows(count)} {verb} left out: "
        "rename the sheet if they are to load"
    )


def _note_record(name: str, rows: pa.Table) -> list[str]:
    """A sentence on a sheet whose name says that it is kept for the record, and that loads."""
    stays = len(rows) - (pc.sum(rows["terminated"]).as_py() or 0)
    if not stays:
        return []
    return [
        f"sheet {name!r} is named like one that is kept for the record; {_rows(len(rows))} "
        f"{'count' if len(rows) != 1 else 'counts'} as others do: if they are not to load, hide "
        "or delete the sheet, and send the roster again"
    ]


def _of_one_layout(found: list[Table], notes: list[str]) -> Tables:
    """A fallback's sheets count only where no sheet fits a hospital's own layout."""
    own = [table for table in found if not table.found.match.wanted.fallback]
    layouts = {table.found.layout for table in own or found}
    refuse_several(layouts, "different sheets")
    layout = min(layouts)
    whole = True
    for table in found:
        if table.found.layout == layout:
            notes += table.built.notes
            whole = whole and table.built.whole
        else:
            whole = whole and not len(table.rows)
            notes.append(
                f"sheet {table.found.sheet!r} fits {table.found.layout}, not the layout {layout} "
                "of the others; it was left out"
            )
    read = [table for table in found if table.found.layout == layout]
    return Tables(layout, read, notes, whole)
