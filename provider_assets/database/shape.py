"""What the application's table is like: its columns, and whether a load can work with it.

How that is found out is the dialect's. What the columns can hold becomes a `Capacity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import BigInteger, Column, MetaData, String, Table
from sqlalchemy import types as sqltypes

from provider_assets.database.dialects.spelling import Spelling
from provider_assets.database.tables import PROVIDERINFO
from provider_assets.providers.capacity import Capacity
from provider_assets.providers.fields import TABLE_COLUMNS, TABLE_FIELDS, VALUE_FIELDS

NPI_LENGTH = 10
# what a TEXT column of our own history holds in the worst case, four bytes a character
LONGEST_VALUE = 65535 // 4
TEXT_KINDS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext")


@dataclass(frozen=True)
class FoundColumn:
    """A column as found. `kind` is the type's name in small letters, `length` in characters.

    `codec` is what can encode the characters that it holds, as in `Capacity.encodings`: empty
    where it holds every one.
    """

    name: str
    kind: str
    length: int | None
    codec: str | None = None
    nullable: bool = True
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

    `columns` by field (`fields.TABLE_FIELDS`); `extra` are the application's own; `unique` tells
    whether a unique key on the NPI alone holds, `indexed` whether any index starts with it;
    `problems` is everything that keeps a load from working; `spelling` is how its server wants
    statements.
    """

    columns: Mapping[str, FoundColumn]
    extra: tuple[FoundColumn, ...]
    unique: bool
    indexed: bool
    problems: tuple[str, ...]
    spelling: Spelling

    @cached_property
    def table(self) -> Table:
        """The table for statements: the five columns, typed as found, and the extra ones."""
        npi = BigInteger() if self.columns["npi"].is_integer else String()
        known = [
            Column(self.columns[name].name, npi if name == "npi" else String(), key=name)
            for name in TABLE_FIELDS
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
        codecs = {name: column.codec for name, column in self.columns.items() if column.codec}
        return Capacity(lengths | {"npi": NPI_LENGTH}, codecs)


def judge(
    found: list[FoundColumn],
    unique: set[str],
    leading: set[str],
    problems: list[str],
    spelling: Spelling,
) -> Shape:
    """The shape of a table with these columns, and everything that keeps it from working.

    `unique` names, in small letters, the columns with a unique key for themselves, `leading`
    those that an index starts with; `problems` are known already.
    """
    by_name = {column.name.lower(): column for column in found}
    columns = {}
    for name in TABLE_FIELDS:
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
    return Shape(
        columns,
        tuple(by_name.values()),
        npi in unique,
        npi in leading,
        tuple(problems),
        spelling,
    )


def _judge_npi(column: FoundColumn) -> list[str]:
    too_short = column.length is not None and column.length < NPI_LENGTH
    too_few = column.digits is not None and column.digits < NPI_LENGTH
    if not column.is_text and not column.is_integer:
        return [f"column {column.name} is {column.kind}; it has to hold ten digits"]
    if (column.is_text and too_short) or (column.is_integer and too_few):
        return [f"column {column.name} is too short for ten digits"]
    return []
