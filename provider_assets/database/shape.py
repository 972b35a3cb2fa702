"""The application's table as it is found: its columns, and whether a load can work with it.

It is looked at and never altered. What its columns can hold becomes a `Capacity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Row, String, Table, inspect, text
from sqlalchemy import types as sqltypes

from provider_assets.database.charsets import CODECS, SAFE_CODEC
from provider_assets.database.tables import PROVIDERINFO, VALUE_FIELDS
from provider_assets.providers.capacity import Capacity
from provider_assets.providers.frames import FIELDS, TABLE_COLUMNS

NPI_LENGTH = 10
# what a TEXT column of our own history holds in the worst case, four bytes a character
LONGEST_VALUE = 65535 // 4
TEXT_KINDS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext")


@dataclass(frozen=True)
class FoundColumn:
    """A column as found. `kind` is the type's name in small letters, `length` in characters."""

    name: str
    kind: str
    length: int | None
    charset: str | None
    nullable: bool
    digits: int | None = None
    filled: bool = False
    """Whether the server gives it a value by itself: a default, a counter, an expression."""
    default: str | None = None
    """Its literal default, where it has one that can be compared with."""

    @property
    def is_text(self) -> bool:
        """Whether it holds text."""
        return self.kind in TEXT_KINDS

    @property
    def is_integer(self) -> bool:
        """Whether it holds whole numbers."""
        return self.kind in ("bigint", "decimal", "integer")


@dataclass(frozen=True)
class Shape:
    """`providerinfo` as found.

    `columns` by field (`frames.FIELDS`); `extra` are the application's own; `unique` tells
    whether a unique key on the NPI alone holds, `indexed` whether any index starts with it;
    `problems` is everything that keeps a load from working.
    """

    columns: Mapping[str, FoundColumn]
    extra: tuple[FoundColumn, ...]
    unique: bool
    indexed: bool
    problems: tuple[str, ...]

    @cached_property
    def table(self) -> Table:
        """The table for statements: the five columns, typed as found, and the extra ones."""
        npi = BigInteger() if self.columns["npi"].is_integer else String()
        known = [
            Column(self.columns[name].name, npi if name == "npi" else String(), key=name)
            for name in FIELDS
        ]
        extra = [Column(column.name, sqltypes.NullType()) for column in self.extra]
        return Table(PROVIDERINFO, MetaData(), *known, *extra)

    @property
    def capacity(self) -> Capacity:
        """What the five columns can hold."""
        lengths = {
            name: min(column.length or LONGEST_VALUE, LONGEST_VALUE)
            for name, column in self.columns.items()
        }
        codecs = {
            name: CODECS.get(column.charset, SAFE_CODEC)
            for name, column in self.columns.items()
            if column.charset is not None
        }
        return Capacity(
            lengths | {"npi": NPI_LENGTH}, {name: codec for name, codec in codecs.items() if codec}
        )


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is a table of this name that the user may see."""
    if connection.dialect.name == "sqlite":
        query = "SELECT 1 FROM sqlite_master WHERE name = :name"
    else:
        query = (
            "SELECT 1 FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = :name"
        )
    return connection.execute(text(query), {"name": name}).first() is not None


def read_shape(connection: Connection) -> Shape | None:
    """The table as found, with everything that keeps it from working; None where it is missing."""
    if connection.dialect.name == "sqlite":
        return _read_sqlite(connection)
    return _read_mysql(connection)


def _read_mysql(connection: Connection) -> Shape | None:
    table = connection.execute(
        text(
            "SELECT table_type, engine FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = :name"
        ),
        {"name": PROVIDERINFO},
    ).first()
    if table is None:
        return None
    rows = connection.execute(
        text(
            "SELECT column_name, data_type, character_maximum_length, character_set_name, "
            "is_nullable, numeric_precision, numeric_scale, column_default, extra "
            "FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = :name ORDER BY ordinal_position"
        ),
        {"name": PROVIDERINFO},
    ).all()
    found = [_mysql_column(row) for row in rows]
    problems = []
    if table[0] != "BASE TABLE":
        problems.append("it is a view")
    elif (table[1] or "").lower() != "innodb":
        problems.append(
            f"its engine {table[1]} has no transactions; ALTER TABLE providerinfo ENGINE=InnoDB"
        )
    unique, leading = _mysql_keys(connection)
    return _judge(found, unique, leading, problems)


def _mysql_column(row: Row[Any]) -> FoundColumn:
    name, kind, length, charset, nullable, precision, scale, default, extra = tuple(row)
    kind = kind.lower()
    if kind == "decimal" and scale:
        kind = "decimal with a fraction"
    given = None if default in (None, "NULL") else default  # MariaDB spells no default NULL
    literal = given if given is not None and not extra and "(" not in given else None
    return FoundColumn(
        name,
        kind,
        _characters(kind, length, charset),
        charset,
        nullable == "YES",
        precision,
        given is not None or bool(extra),
        literal,
    )


def _characters(kind: str, length: int | None, charset: str | None) -> int | None:
    """The length in characters; the server tells a TEXT's in bytes."""
    if length is None or not kind.endswith("text"):
        return length
    return length // (
        1 if CODECS.get(charset or "", "").startswith(("cp", "iso", "latin", "ascii")) else 4
    )


def _mysql_keys(connection: Connection) -> tuple[set[str], set[str]]:
    """The columns with a unique key for themselves, and those that lead an index."""
    keys: dict[str, list[tuple[str, bool]]] = {}
    rows = connection.execute(
        text(
            "SELECT index_name, column_name, non_unique, sub_part "
            "FROM information_schema.statistics "
            "WHERE table_schema = DATABASE() AND table_name = :name "
            "AND index_type = 'BTREE' ORDER BY index_name, seq_in_index"
        ),
        {"name": PROVIDERINFO},
    )
    for index, column, repeats, part in rows:
        keys.setdefault(index, []).append(
            ((column or "").lower(), not int(repeats) and part is None)
        )
    unique = {key[0][0] for key in keys.values() if len(key) == 1 and key[0][1]}
    return unique, {key[0][0] for key in keys.values()}


def _read_sqlite(connection: Connection) -> Shape | None:
    looked = inspect(connection)
    if not looked.has_table(PROVIDERINFO):
        return None
    if PROVIDERINFO in looked.get_view_names():
        return _judge([], set(), set(), ["it is a view"])
    key = looked.get_pk_constraint(PROVIDERINFO)["constrained_columns"]
    found = []
    for column in looked.get_columns(PROVIDERINFO):
        kind = column["type"]
        counter = key == [column["name"]] and isinstance(kind, sqltypes.Integer)
        found.append(
            FoundColumn(
                column["name"],
                _sqlite_kind(kind),
                getattr(kind, "length", None),
                None,
                bool(column["nullable"]),
                None,
                counter or column["default"] is not None or "computed" in column,
            )
        )
    indexes = looked.get_indexes(PROVIDERINFO) + looked.get_unique_constraints(PROVIDERINFO)
    unique = {
        str(index["column_names"][0]).lower()
        for index in indexes
        if index.get("unique", True) and len(index["column_names"]) == 1
    }
    unique |= {key[0].lower()} if len(key) == 1 else set()
    return _judge(found, unique, {"prov_npi"}, [])  # SQLite makes the index that a join lacks


def _sqlite_kind(kind: sqltypes.TypeEngine[object]) -> str:
    if isinstance(kind, sqltypes.Integer):
        return "bigint"
    if isinstance(kind, sqltypes.Numeric):
        return "decimal"
    if isinstance(kind, sqltypes.LargeBinary):
        return "blob"
    return (
        "text"
        if isinstance(kind, sqltypes.Text) or not getattr(kind, "length", None)
        else "varchar"
    )


def _judge(
    found: list[FoundColumn], unique: set[str], leading: set[str], problems: list[str]
) -> Shape:
    by_name = {column.name.lower(): column for column in found}
    columns = {}
    for name in FIELDS:
        wanted = TABLE_COLUMNS[name]
        column = by_name.pop(wanted.lower(), None)
        if column is None:
            if found:
                problems.append(f"column {wanted} is missing")
            continue
        columns[name] = column
        if name in VALUE_FIELDS and not column.is_text:
            problems.append(f"column {wanted} is {column.kind} and cannot hold text")
        if name == "npi":
            problems += _judge_npi(column)
    problems += [
        f"column {column.name} is NOT NULL and has no default"
        for column in by_name.values()
        if not column.nullable and not column.filled
    ]
    npi = TABLE_COLUMNS["npi"].lower()
    return Shape(columns, tuple(by_name.values()), npi in unique, npi in leading, tuple(problems))


def _judge_npi(column: FoundColumn) -> list[str]:
    too_short = column.length is not None and column.length < NPI_LENGTH
    too_few = column.digits is not None and column.digits < NPI_LENGTH
    if not column.is_text and not column.is_integer:
        return [f"column {column.name} is {column.kind}; it has to hold ten digits"]
    if (column.is_text and too_short) or (column.is_integer and too_few):
        return [f"column {column.name} is too short for ten digits"]
    return []
