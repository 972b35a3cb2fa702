"""Whether the sender has what goes back to him: when it was written, null while it is owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """Add the column; who was answered before nobody kept, so nothing is owed for those."""
    connection = op.get_bind()
    there = {column["name"] for column in sa.inspect(connection).get_columns("provider_import")}
    if "answered" not in there:
        op.add_column("provider_import", sa.Column("answered", TIME))
    imports = sa.table("provider_import", *(sa.column(n) for n in ("answered", "finished")))
    old = imports.c.answered.is_(None)
    connection.execute(sa.update(imports).where(old).values(answered=imports.c.finished))
