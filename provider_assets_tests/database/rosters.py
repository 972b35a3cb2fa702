"""Small made-up rosters, requests to load them, and what the table then holds."""

import hashlib
import traceback
from collections import namedtuple
from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
from pydantic import SecretStr
from sqlalchemy import text

from provider_assets.database import Database, DatabaseAddress, open_database
from provider_assets.database.loading.load import load_providers
from provider_assets.providers.fields import TABLE_COLUMNS, TABLE_FIELDS
from provider_assets.providers.frames import CLEAN
from provider_assets.providers.imports import ImportRequest, LoadResult
from provider_assets.providers.npi import check_digit
from provider_assets.providers.roster import RosterSource, RowCounts

Provider = namedtuple("Provider", TABLE_FIELDS, defaults=[None] * len(TABLE_FIELDS))  # noqa: PYI024

# nobody's: no NPI that starts with 9 was ever issued
MICKEY = Provider("Clubhouse", "Mickey", "Mouse", "Mouse, Mickey", "9000000001")
MINNIE = Provider("Clubhouse", "Minnie", "Mouse", "Mouse, Minnie", "9000000002")
GOOFY = Provider(None, None, "Goof", "Goof", "9000000003")
DAISY = Provider("Duckburg", "Daisy", "Duck", "Duck, Daisy", "9000000004")


def renamed(provider: Provider, full_name: str) -> Provider:
    """The same provider under another full name."""
    return provider._replace(full_name=full_name)


def npi_of(number: int) -> str:
    """A ten-digit number with the right check digit and a first digit that no NPI has."""
    nine = f"9{number:08d}"
    return nine + check_digit(nine)


def clean(providers: Sequence[Provider], sheet: str = "Sheet1") -> pd.DataFrame:
    """A frame as `frames.CLEAN` has it; the first provider stands in row 2."""
    rows = [
        dict(zip(TABLE_FIELDS, provider, strict=True))
        | {"sheet": sheet, "row": row, "warnings": ""}
        for row, provider in enumerate(providers, 2)
    ]
    frame = pd.DataFrame(rows, columns=list(CLEAN))
    kinds = {name: "int64" if name == "row" else "str" for name in CLEAN}
    frame = frame.astype(kinds)
    frame.index.name = "position"
    return frame


def request(
    name: str = "mercy",
    *,
    on_existing: str = "reject",
    layout: str = "first",
    run_id: str | None = None,
    replay: bool = False,
    rows: int = 0,
    left: int = 0,
) -> ImportRequest:
    """A request for the roster of this name; its content is what the name stands for."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    source = RosterSource(
        roster=f"{name}-{sha256[:12]}",
        file=f"{name}.xlsx",
        sha256=sha256,
        size=100,
        kind="xlsx",
        layout="hospital_a",
        fingerprint=layout,
        sheets=(),
    )
    counts = RowCounts(read=rows, invalid=left, clean=rows - left, left=left)
    return ImportRequest(source, on_existing, counts, run_id, datetime.now(UTC), replay=replay)


def open_url(url: str, **options: object) -> Database:
    """The database of a URL; waits are short."""
    address = {"lock_wait_seconds": 10, "tries": 3} | options
    return open_database(DatabaseAddress(SecretStr(url), **address))


def is_sqlite(database: Database) -> bool:
    """Whether the database is an SQLite file."""
    return database.engine.dialect.name == "sqlite"


def way_in(database: Database) -> str:
    """How rows travel to this server, as it says itself: `load-data` or `insert`."""
    if is_sqlite(database):
        return "insert"
    with database.connect() as connection:
        allowed = connection.scalar(text("SELECT @@local_infile"))
    return "load-data" if allowed else "insert"


def load(
    database: Database, providers: Sequence[Provider], name: str = "mercy", **options: object
) -> LoadResult:
    """Load these providers as the roster of this name."""
    return load_providers(database, clean(providers), request(name, rows=len(providers), **options))


def held(database: Database) -> list[Provider]:
    """The rows of `providerinfo`, the NPI as ten digits, ordered by NPI and then by name."""
    columns = ", ".join(TABLE_COLUMNS.values())
    with database.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM providerinfo"))
        rows = [Provider(*row) for row in found]
    told = [row._replace(npi=str(row.npi).zfill(10)) for row in rows]
    return sorted(told, key=lambda row: [str(cell) for cell in (row.npi, *row)])


def execute(database: Database, *statements: str) -> None:
    """Do what the application does: it commits, and takes no lock of ours."""
    for statement in statements:
        with database.connect(writing=True) as connection:
            connection.execute(text(statement))
            connection.commit()


def told(error, url, *providers):
    """The whole of what a log could show of an error holds no value and no password."""
    shown = "".join(traceback.format_exception(error)) + repr(error)
    values = [cell for provider in providers for cell in provider if cell]
    assert not [value for value in values if value in shown]
    assert url.partition("://")[2].partition(":")[2].partition("@")[0] not in shown
    assert error.__cause__ is None
    assert error.__context__ is None
    return error.message
