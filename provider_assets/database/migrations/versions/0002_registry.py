"""What the public registry was asked about an import: its snapshots, and how many it confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"

# JSON of our own
TOLD = sa.Text().with_variant(
    mysql.TEXT(charset="ascii", collation="ascii_bin"), "mysql", "mariadb"
)


def upgrade() -> None:
    """Add the column; a server commits each step by itself, so it may stand already."""
    present = {
        column["name"] for column in sa.inspect(op.get_bind()).get_columns("provider_import")
    }
    if "registry" not in present:
        op.add_column("provider_import", sa.Column("registry", TOLD))
