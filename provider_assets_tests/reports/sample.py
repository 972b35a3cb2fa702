"""Outcomes and frames to report on: the sample roster, and rosters made up row by row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import FIELDS, TABLE_FIELDS
from provider_assets.providers.frames import RAW, REJECTED, empty
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import (
    RosterOutcome,
    RosterSource,
    RowCounts,
    SheetSource,
    SourceColumn,
)
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid

HEX = "3fa9c1d20b7e"
STARTED = "2025-05-01T12:00:00+00:00"
SAMPLE_HEADERS = (
    ("NP", "full_name"),
    ("NpFirstName", "first_name"),
    ("NpLastName", "last_name"),
    ("NPI", "npi"),
    ("Type", "entity_name"),
)
# the old flow's own sample: one full name is missing, one NPI stands twice
SAMPLE_ROWS = [
    ("MOUSE, MICKEY", "MICKEY", "MOUSE", "1234567890", "HERO"),
    ("DUCK, DONALD", "DONALD", "DUCK", "2345678901", "HERO"),
    ("MOUSE, MINNIE", "MINNIE", "MOUSE", "3456789012", "HERO"),
    ("JASMINE, PRINCESS", "PRINCESS", "JASMINE", "4567890123", "HERO"),
    ("HOOK, CAPTAIN", "CAPTAIN", "HOOK", "5678901234", "VILL"),
    ("MOUSE, MINNIE", "MINNIE", "MOUSE", "3456789012", "HERO"),
    (None, "BUZZ", "LIGHTYEAR", "6789012345", "HERO"),
]


def sheet(name: str, headers: Sequence[tuple[str, str]] = SAMPLE_HEADERS) -> SheetSource:
    columns = tuple(SourceColumn(header, field, at) for at, (header, field) in enumerate(headers))
    return SheetSource(name, 1, columns)


def source(
    *sheets: SheetSource, roster: str = f"mercy-{HEX}", file: str = "mercy.xlsx"
) -> RosterSource:
    return RosterSource(
        roster=roster,
        file=file,
        sha256=HEX + "0" * 52,
        size=28_599,
        kind="xlsx",
        layout="hospital_a",
        fingerprint="abcdefabcdef",
        sheets=sheets or (sheet("Sheet1"),),
    )


def raw(
    rows: Sequence[tuple[str | None, ...]],
    headers: Sequence[tuple[str, str]] = SAMPLE_HEADERS,
    name: str = "Sheet1",
) -> pd.DataFrame:
    """Rows in the roster's order of columns as a frame of columns `frames.RAW`."""
    fields = [field for _, field in headers]
    frame = pd.DataFrame(rows, columns=fields).reindex(columns=list(FIELDS)).astype("str")
    frame = frame.assign(sheet=pd.Series(name, index=frame.index, dtype="str"))
    frame["row"] = range(2, len(rows) + 2)
    frame["terminated"] = False
    frame["left_as"] = pd.Series(None, index=frame.index, dtype="str")
    frame["remarks"] = pd.Series(None, index=frame.index, dtype="str")
    frame.index.name = "position"
    return frame[list(RAW)]


def rejected(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rejected rows (`frames.REJECTED`), each given by what differs from a made-up provider."""
    whole = [
        dict.fromkeys(FIELDS)
        | {
            "entity_name": "HERO", "first_name": "DAISY", "last_name": "DUCK",
            "full_name": "DUCK, DAISY", "npi": "1234567890", "sheet": "Sheet1",
            "row": at + 2, "codes": "npi-missing",
        }
        | row
        for at, row in enumerate(rows)
    ]  # fmt: skip
    if not whole:
        return empty(REJECTED)
    frame = pd.DataFrame(whole, columns=list(REJECTED))
    frame = frame.astype({name: "str" for name in REJECTED if name != "row"})
    frame.index.name = "position"
    return frame


class Sifted:
    """A raw frame judged by the real rules, with the outcome that fits it."""

    def __init__(
        self,
        rows: pd.DataFrame,
        origin: RosterSource | None = None,
        held: pd.DataFrame | None = None,
        **outcome: Any,
    ) -> None:
        origin = origin or source()
        held = empty(TABLE_FIELDS) if held is None else held
        self.invalid = find_invalid(rows, {}, Facts())
        self.duplicates = find_duplicates(rows, self.invalid, held, "reject")
        self.clean = find_clean(rows, self.invalid, self.duplicates, {}, Facts())
        counts = RowCounts(
            read=len(rows),
            invalid=len(self.invalid),
            duplicate=len(self.duplicates),
            clean=len(self.clean),
            inserted=len(self.clean),
        )
        codes = " ".join([*self.invalid["codes"], *self.duplicates["codes"]]).split()
        warned = " ".join(self.clean["warnings"]).split()
        self.outcome = replace(
            RosterOutcome(
                origin,
                "loaded",
                counts,
                reasons={code: codes.count(code) for code in codes},
                warnings={code: warned.count(code) for code in warned},
                import_id=1,
                run_id="0c6a4d52",
                started=STARTED,
                finished="2025-05-01T12:00:02+00:00",
            ),
            **outcome,
        )

    @property
    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        return (self.invalid, self.duplicates, self.clean)


def sample() -> Sifted:
    """The sample roster: 5 rows load, 1 is invalid, 1 is a duplicate."""
    return Sifted(raw(SAMPLE_ROWS))


def imported(number: int, **differs: Any) -> ImportRecord:
    """An import of the history, an hour after the one before it."""
    started = datetime.fromisoformat(STARTED).astimezone(UTC) + timedelta(hours=number)
    record = ImportRecord(
        id=number,
        roster=f"mercy-{number:012x}",
        file="mercy.xlsx",
        sha256=f"{number:064x}",
        layout="hospital_a",
        fingerprint="abcdefabcdef",
        on_existing="reject",
        state="loaded",
        run_id=None,
        rows=RowCounts(7, 1, 1, 5, 5, 0, 0),
        reasons={},
        warnings={},
        error=None,
        started=started,
        finished=started + timedelta(seconds=2),
    )
    return replace(record, **differs)
