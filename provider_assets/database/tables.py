"""The tables as statements name them; what they are made of stands in the migrations.

`provider_import` has one row for each import, `provider_import_row` one for each clean row of
one: what it did to the table, what it wrote, and what undoing it has to do (`delete` the row,
`restore` the old values, `leave` it). While an import is live, `live_sha256` is its content's
hash, under a unique key: no roster can be in the table twice, lock or no lock.
"""

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text

from provider_assets.providers.fields import VALUE_FIELDS

PROVIDERINFO = "providerinfo"
COUNTS = ("read", "invalid", "duplicate", "clean", "inserted", "updated", "unchanged")

# what the first revision of the history did not have yet: a command that only looks finds an older
# history as it is
ADDED = {"registry": "0002"}

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
    *(Column(name, DateTime) for name in ("started", "finished", "undone")),
)

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
