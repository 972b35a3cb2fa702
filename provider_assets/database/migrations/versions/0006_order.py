"""The imports by when they ended: an index, as the pages over long histories ask for the newest."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NAME = "provider_import_finished"


def upgrade() -> None:
    """Add the index, which has the id behind each end; it may stand already."""
    if not sa.inspect(op.get_bind()).has_index("provider_import", NAME):
        op.create_index(NAME, "provider_import", ["finished"])
