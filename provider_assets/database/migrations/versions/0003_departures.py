"""Who left: what a roster covers, which day it is of, and what became of who is absent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"

SERVERS = ("mysql", "mariadb")
WORDS = sa.Text().with_variant(mysql.TEXT(charset="utf8mb4", collation="utf8mb4_bin"), *SERVERS)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def code(length: int) -> sa.String:
    """Words of our own: ASCII, compared byte by byte."""
    exact = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return sa.String(length).with_variant(exact, *SERVERS)


def upgrade() -> None:
    """Add what is missing: a server commits each step by itself, so some may stand already."""
    connection = op.get_bind()
    there = {column["name"] for column in sa.inspect(connection).get_columns("provider_import")}
    for column in (
        sa.Column("arrived", NUMBER),
        sa.Column("covers", code(8), nullable=False, server_default="delta"),
        sa.Column("as_of", code(10)),
        sa.Column("departing", code(12)),
        sa.Column("departures", WORDS),
        sa.Column("rows_departed", sa.Integer, nullable=False, server_default="0"),
    ):
        if column.name not in there:
            op.add_column("provider_import", column)
    imports = sa.table("provider_import", *(sa.column(n) for n in ("id", "sha256", "arrived")))
    first = sa.select(imports.c.sha256, sa.func.min(imports.c.id)).group_by(imports.c.sha256)
    for sha256, arrived in connection.execute(first).all():
        of_content = (imports.c.sha256 == sha256) & imports.c.arrived.is_(None)
        connection.execute(sa.update(imports).where(of_content).values(arrived=arrived))
