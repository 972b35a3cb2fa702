"""The history: imports, and what each did to every row of the table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None

COUNTS = ("read", "invalid", "duplicate", "clean", "inserted", "updated", "unchanged")
VALUES = ("entity_name", "first_name", "last_name", "full_name")
SERVERS = ("mysql", "mariadb")
OPTIONS = {f"{server}_engine": "InnoDB" for server in SERVERS} | {
    f"{server}_charset": "utf8mb4" for server in SERVERS
}

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), *SERVERS)
# a roster's words: any character, compared byte by byte
WORDS = sa.Text().with_variant(mysql.TEXT(charset="utf8mb4", collation="utf8mb4_bin"), *SERVERS)


def code(length: int) -> sa.String:
    """Words of our own: ASCII, compared byte by byte."""
    exact = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return sa.String(length).with_variant(exact, *SERVERS)


def upgrade() -> None:
    """Make what is missing: a server commits each step by itself, so some may stand already."""
    op.create_table(
        "provider_import",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("roster", WORDS, nullable=False),
        sa.Column("file", WORDS, nullable=False),
        sa.Column("sha256", code(64), nullable=False),
        sa.Column("live_sha256", code(64), unique=True),
        sa.Column("kind", code(32), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("layout", code(64), nullable=False),
        sa.Column("fingerprint", code(64), nullable=False),
        sa.Column("on_existing", code(8), nullable=False),
        sa.Column("state", code(16), nullable=False),
        sa.Column("run_id", code(64)),
        sa.Column("superseded_by", NUMBER),
        *(sa.Column(f"rows_{name}", sa.Integer, nullable=False) for name in COUNTS),
        sa.Column("rows_removed", sa.Integer, nullable=False),
        sa.Column("rows_kept", sa.Integer, nullable=False),
        sa.Column("reasons", WORDS, nullable=False),
        sa.Column("warnings", WORDS, nullable=False),
        sa.Column("error_code", code(64)),
        sa.Column("error_message", WORDS),
        sa.Column("staged_by", code(16), nullable=False),
        sa.Column("started", TIME, nullable=False),
        sa.Column("finished", TIME, nullable=False),
        sa.Column("undone", TIME),
        if_not_exists=True,
        **OPTIONS,
    )
    op.create_table(
        "provider_import_row",
        sa.Column("import_id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("npi", code(10), primary_key=True),
        sa.Column("action", code(9), nullable=False),
        sa.Column("undoing", code(7), nullable=False),
        sa.Column("sheet", WORDS, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        *(sa.Column(name, WORDS) for name in VALUES),
        *(sa.Column(f"old_{name}", WORDS) for name in VALUES),
        if_not_exists=True,
        **OPTIONS,
    )
    for table, column in (("provider_import", "sha256"), ("provider_import_row", "npi")):
        if not sa.inspect(op.get_bind()).has_index(table, f"{table}_{column}"):
            op.create_index(f"{table}_{column}", table, [column])
