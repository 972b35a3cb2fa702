"""The history: imports, and what each did to every row of the table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None

SERVERS = ("mysql", "mariadb")


def _code(length: int) -> sa.types.TypeEngine[str]:
    exact = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return sa.String(length).with_variant(exact, *SERVERS)


def _text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(mysql.TEXT(charset="utf8mb4", collation="utf8mb4_bin"), *SERVERS)


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _time() -> sa.types.TypeEngine[object]:
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), *SERVERS)


OPTIONS = {
    f"{server}_{option}": value
    for server in SERVERS
    for option, value in (("engine", "InnoDB"), ("charset", "utf8mb4"))
}


def upgrade() -> None:
    """Make both tables; half of it may stand already, for a server commits each by itself."""
    counts = ("read", "invalid", "duplicate", "clean", "inserted", "updated", "unchanged")
    values = ("entity_name", "first_name", "last_name", "full_name")
    op.create_table(
        "provider_import",
        sa.Column("id", _number(), primary_key=True, autoincrement=True),
        sa.Column("roster", _text(), nullable=False),
        sa.Column("file", _text(), nullable=False),
        sa.Column("sha256", _code(64), nullable=False),
        sa.Column("live_sha256", _code(64), unique=True),
        sa.Column("size", _number(), nullable=False),
        sa.Column("kind", _code(32), nullable=False),
        sa.Column("layout", _code(64), nullable=False),
        sa.Column("fingerprint", _code(64), nullable=False),
        sa.Column("on_existing", _code(8), nullable=False),
        sa.Column("state", _code(16), nullable=False),
        sa.Column("superseded_by", _number()),
        sa.Column("run_id", _code(64)),
        *(sa.Column(f"rows_{name}", sa.Integer, nullable=False) for name in counts),
        sa.Column("rows_removed", sa.Integer, nullable=False),
        sa.Column("rows_kept", sa.Integer, nullable=False),
        sa.Column("reasons", _text(), nullable=False),
        sa.Column("warnings", _text(), nullable=False),
        sa.Column("error_code", _code(64)),
        sa.Column("error_message", _text()),
        sa.Column("staged_by", _code(16), nullable=False),
        sa.Column("started", _time(), nullable=False),
        sa.Column("finished", _time(), nullable=False),
        sa.Column("undone", _time()),
        sa.Index("provider_import_sha256", "sha256"),
        if_not_exists=True,
        **OPTIONS,
    )
    op.create_table(
        "provider_import_row",
        sa.Column("import_id", _number(), primary_key=True, autoincrement=False),
        sa.Column("npi", _code(10), primary_key=True),
        sa.Column("action", _code(9), nullable=False),
        sa.Column("undoing", _code(7), nullable=False),
        sa.Column("sheet", _text(), nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        *(sa.Column(name, _text()) for name in values),
        *(sa.Column(f"old_{name}", _text()) for name in values),
        sa.Index("provider_import_row_npi", "npi"),
        if_not_exists=True,
        **OPTIONS,
    )
