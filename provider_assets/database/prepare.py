"""The tables are there and as this version needs them: created, upgraded, or told why not.

`providerinfo` is the application's: created where it is missing, never altered. The history
tables are ours; alembic upgrades them, and is imported only where there is something to upgrade.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import CHAR, Column, Connection, MetaData, String, Table, text
from sqlalchemy.schema import CreateTable

from provider_assets.database.dialects import dialect_of
from provider_assets.database.engine import Database
from provider_assets.database.shape import Shape
from provider_assets.database.tables import ADDED, PROVIDERINFO, imports
from provider_assets.database.transaction import read, write
from provider_assets.errors import TerminalDatabaseError
from provider_assets.providers.capacity import Capacity
from provider_assets.providers.fields import LENGTHS, REQUIRED, TABLE_COLUMNS, VALUE_FIELDS

VERSION_TABLE = "provider_import_version"
MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The newest migration, by its file's name."""


def prepare(database: Database) -> None:
    """Make the tables ready; quick, and nothing is written, where they are.

    Raises TerminalDatabaseError that names every difference where `providerinfo` cannot work.
    """

    def is_ready(connection: Connection) -> bool:
        return find_shape(connection) is not None and find_revision(connection) == REVISION

    if not read(database, is_ready):
        write(database, lambda connection: _make_ready(connection, database.place))


def read_capacity(database: Database) -> Capacity:
    """What `providerinfo` can hold, as found; what ours would hold where it is missing.

    Raises TerminalDatabaseError as `prepare` does.
    """
    shape = read(database, find_shape)
    return Capacity() if shape is None else shape.capacity


def find_shape(connection: Connection) -> Shape | None:
    """The table as found, None where it is missing; refuses one that cannot work."""
    shape = dialect_of(connection).read_shape(connection)
    if shape is not None and shape.problems:
        raise TerminalDatabaseError(
            "the table providerinfo cannot work: " + "; ".join(shape.problems)
        )
    return shape


def require_shape(connection: Connection) -> Shape:
    """The table as found; after `prepare` it is there."""
    shape = find_shape(connection)
    if shape is None:
        raise TerminalDatabaseError("the table providerinfo has gone; load again")
    return shape


def has_history(connection: Connection) -> bool:
    """Whether the history tables are there."""
    return find_revision(connection) is not None


def find_revision(connection: Connection) -> str | None:
    """The revision of the history tables, None where there are none."""
    if not dialect_of(connection).has_table(connection, VERSION_TABLE):
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    if found is None:
        return None
    connection.info[VERSION_TABLE] = str(found)
    return str(found)


def import_columns(connection: Connection) -> list[Column[Any]]:
    """The columns of `provider_import` that are there: fewer, where nobody upgraded it yet.

    `has_history` was asked over this connection before.
    """
    revision = connection.info.get(VERSION_TABLE, REVISION)
    return [column for column in imports.c if ADDED.get(column.name, "") <= revision]


def _make_ready(connection: Connection, place: str) -> None:
    if find_shape(connection) is None:
        options = dialect_of(connection).table_options
        connection.execute(CreateTable(_new_providerinfo(options), if_not_exists=True))
    if find_revision(connection) == REVISION:  # another process was quicker
        return
    _upgrade(connection, place)


def _new_providerinfo(options: Mapping[str, Any]) -> Table:
    """The application's table as we create it where it is missing."""
    names = [
        Column(TABLE_COLUMNS[name], String(LENGTHS[name]), nullable=name not in REQUIRED)
        for name in VALUE_FIELDS
    ]
    return Table(
        PROVIDERINFO,
        MetaData(),
        *names,
        Column(TABLE_COLUMNS["npi"], CHAR(LENGTHS["npi"]), primary_key=True),
        **options,
    )


def _upgrade(connection: Connection, place: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    try:
        command.upgrade(config, "head")
    except CommandError:
        newer = True
    else:
        newer = False
    if newer:
        raise TerminalDatabaseError(
            f"{place}: a newer provider-assets has upgraded the history tables; upgrade this one"
        )
