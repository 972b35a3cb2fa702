"""Made-up imports and runs for the tests of what runs by itself."""

from dataclasses import replace
from datetime import UTC, datetime

from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import RowCounts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHA = "3fa9c1d20b7e" + "0" * 52

LOADED = ImportRecord(
    id=7,
    roster="mercy-3fa9c1d20b7e",
    file="mercy.xlsx",
    sha256=SHA,
    layout="hospital_a",
    fingerprint="0123456789ab",
    on_existing="reject",
    state="loaded",
    run_id="run-1",
    rows=RowCounts(read=7, invalid=1, duplicate=1, clean=5, inserted=5),
    reasons={"full-name-missing": 1, "duplicate-in-file": 1},
    warnings={"npi-check-digit": 5},
    error=None,
    started=NOON,
    finished=NOON,
)
FAILED = replace(
    LOADED,
    id=8,
    state="failed",
    rows=RowCounts(),
    reasons={},
    warnings={},
    error=("no-layout", 'mercy.xlsx: no layout fits the headers of sheet "Roster"'),
)
