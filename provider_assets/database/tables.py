"""The tables as statements name them; what they are made of stands in the migrations.

`provider_import` has one row for each import, `provider_import_row` one for each provider that its
roster names or lacks: what the import did about it (`OF_CLEAN`, or what `departing.py` lists), what
it wrote, and what undoing it has to do (`delete` the row, `restore` the old values, `insert` them
again, `leave` it). `arrived` is the first import of the same content, `covers` what the roster is
of, `as_of` its own day; `answered` is null while what goes back to the sender is still owed. While
an import is live, `live_sha256` is its content's hash, under a unique key: no roster can be in the
table twice, lock or no lock.
"""

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text

from provider_assets.database.address import PROVIDERINFO
from provider_assets.providers.fields import VALUE_FIELDS

WRITTEN = ("inserted", "updated")
CLEAN = (*WRITTEN, "unchanged")
"""What an import did about a clean row: an action, and the count of such rows."""
OVERTAKEN = "overtaken"
"""The action of an unchanged row that the load left out of the table, as a newer roster says."""
OF_CLEAN = (*CLEAN, OVERTAKEN)
"""Every action of a clean row."""
COUNTS = ("read", "invalid", "duplicate", "clean", *CLEAN, "departed")

# what the first revision of the history did not have yet: a command that only looks finds an older
# history as it is
ADDED = {"registry": "0002", "answered": "0004", "mends": "0005"} | dict.fromkeys(
    ("arrived", "covers", "as_of", "departing", "departures", "rows_departed"), "0003"
)

__all__ = [
    "ADDED",
    "BY_END",
    "CLEAN",
    "COUNTS",
    "OF_CLEAN",
    "OVERTAKEN",
    "PROVIDERINFO",
    "WRITTEN",
    "import_rows",
    "imports",
    "metadata",
]

metadata = MetaData()

imports = Table(
    "provider_import",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text) for name in ("roster", "file", "sha256", "live_sha256", "kind")),
    Column("size", Integer),
    *(Column(name, Text) for name in ("layout", "fingerprint", "on_existing", "state", "run_id")),
    Column("superseded_by", Integer),
    *(Column(f"rows_{name}", Integer, default=0) for name in (*COUNTS, "removed", "kept")),
    *(Column(name, Text) for name in ("reasons", "warnings", "error_code", "error_message")),
    Column("staged_by", Text, default=""),
    Column("registry", Text),
    Column("arrived", Integer),
    Column("mends", Integer),
    *(Column(name, Text) for name in ("covers", "as_of", "departing", "departures")),
    *(Column(name, DateTime) for name in ("started", "finished", "undone", "answered")),
)

BY_END = (imports.c.finished.desc(), imports.c.id.desc())
"""The imports, the newest first: a refusal that came again is as of now (`finished` is indexed)."""

import_rows = Table(
    "provider_import_row",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("npi", Text, primary_key=True),
    *(Column(name, Text) for name in ("action", "undoing", "sheet")),
    Column("row", Integer),
    *(Column(name, Text) for name in VALUE_FIELDS),
    *(Column(f"old_{name}", Text) for name in VALUE_FIELDS),
)
