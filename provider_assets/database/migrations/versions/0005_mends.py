"""Which import a reject workbook corrects that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column; a server commits each step by itself, so it may stand already."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("provider_import")}
    if "mends" not in there:
        op.add_column("provider_import", sa.Column("mends", NUMBER))
