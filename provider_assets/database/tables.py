"""Our tables as SQLAlchemy knows them; the migrations make the history's, `prepare` the other.

`provider_import` has one row for each import, `provider_import_row` one for each clean row of
one: what it did to the table, what it wrote, and what undoing it has to do.
"""

from sqlalchemy import (
    BigInteger,
    CHAR,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql

from provider_assets.providers.capacity import OUR_LENGTHS
from provider_assets.providers.frames import TABLE_COLUMNS

PROVIDERINFO = "providerinfo"
VALUE_FIELDS = ("entity_name", "first_name", "last_name", "full_name")
"""The fields beside the NPI: what an update may change."""

MYSQL_OPTIONS = {
    f"{dialect}_{option}": value
    for dialect in ("mysql", "mariadb")
    for option, value in (("engine", "InnoDB"), ("charset", "utf8mb4"))
}
metadata = MetaData()


def _code(length: int) -> String:
    """Words of our own: ASCII, compared byte by byte."""
    exact = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return String(length).with_variant(exact, "mysql", "mariadb")


def _text() -> Text:
    """A roster's words: any character, compared byte by byte."""
    exact = mysql.TEXT(charset="utf8mb4", collation="utf8mb4_bin")
    return Text().with_variant(exact, "mysql", "mariadb")


def _number() -> BigInteger:
    return BigInteger().with_variant(Integer, "sqlite")  # type: ignore[return-value]


def _time() -> DateTime:
    return DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


COUNTS = ("read", "invalid", "duplicate", "clean", "inserted", "updated", "unchanged")

imports = Table(
    "provider_import",
    metadata,
    Column("id", _number(), primary_key=True, autoincrement=True),
    Column("roster", _text(), nullable=False),
    Column("file", _text(), nullable=False),
    Column("sha256", _code(64), nullable=False),
    # the hash while the import is live: no roster can be in the table twice, lock or no lock
    Column("live_sha256", _code(64), unique=True),
    Column("size", _number(), nullable=False),
    Column("kind", _code(32), nullable=False),
    Column("layout", _code(64), nullable=False),
    Column("fingerprint", _code(64), nullable=False),
    Column("on_existing", _code(8), nullable=False),
    Column("state", _code(16), nullable=False),
    Column("superseded_by", _number()),
    Column("run_id", _code(64)),
    *(Column(f"rows_{name}", Integer, nullable=False, default=0) for name in COUNTS),
    Column("rows_removed", Integer, nullable=False, default=0),
    Column("rows_kept", Integer, nullable=False, default=0),
    Column("reasons", _text(), nullable=False),
    Column("warnings", _text(), nullable=False),
    Column("error_code", _code(64)),
    Column("error_message", _text()),
    Column("staged_by", _code(16), nullable=False, default=""),
    Column("started", _time(), nullable=False),
    Column("finished", _time(), nullable=False),
    Column("undone", _time()),
    Index("provider_import_sha256", "sha256"),
    **MYSQL_OPTIONS,
)

import_rows = Table(
    "provider_import_row",
    metadata,
    Column("import_id", _number(), primary_key=True, autoincrement=False),
    Column("npi", _code(10), primary_key=True),
    Column("action", _code(9), nullable=False),
    # what undoing the import does to this row: delete it, restore the old values, leave it
    Column("undoing", _code(7), nullable=False),
    Column("sheet", _text(), nullable=False),
    Column("row", Integer, nullable=False),
    *(Column(name, _text()) for name in VALUE_FIELDS),
    *(Column(f"old_{name}", _text()) for name in VALUE_FIELDS),
    Index("provider_import_row_npi", "npi"),
    **MYSQL_OPTIONS,
)


def new_providerinfo() -> Table:
    """The application's table as we create it where it is missing."""
    return Table(
        PROVIDERINFO,
        MetaData(),
        *(
            Column(TABLE_COLUMNS[name], String(OUR_LENGTHS[name]), nullable=name != "full_name")
            for name in VALUE_FIELDS
        ),
        Column(TABLE_COLUMNS["npi"], CHAR(OUR_LENGTHS["npi"]), nullable=False, unique=True),
        **MYSQL_OPTIONS,
    )
