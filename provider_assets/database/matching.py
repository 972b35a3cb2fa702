"""When a row of the table and a row of an import are the same: SQL expressions, nothing run.

Values are compared byte by byte in Unicode, whatever the table's character set and collation
are; a missing value and an empty one are the same.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.types import BigInteger

from provider_assets.database.shape import NPI_LENGTH, Shape
from provider_assets.database.tables import import_rows
from provider_assets.providers.fields import VALUE_FIELDS


def same_npi(table: FromClause, rows: FromClause, shape: Shape) -> ColumnElement[bool]:
    """Whether a row of the table and one of `provider_import_row` have one NPI.

    The two have different types or collations, and an index serves only the side that is left as
    it is. So it is said twice, once for each side's index, whichever table a server begins with.
    """
    held, ours, spelling = table.c.npi, rows.c.npi, shape.spelling
    digits: ColumnElement[Any] = held
    stored: ColumnElement[Any] = ours
    if shape.columns["npi"].is_integer:
        zeros = literal("0" * NPI_LENGTH) + spelling.as_ascii(held)
        digits, stored = func.substr(zeros, -NPI_LENGTH), cast(ours, BigInteger)
    return and_(held == stored, ours == spelling.as_ascii(digits))


def same_values(
    table: FromClause, rows: FromClause, shape: Shape, prefix: str = ""
) -> ColumnElement[bool]:
    """Whether the four fields beside the NPI are equal; `prefix` `old_` means the old values."""
    return and_(
        *(
            _bytes(shape.spelling.as_unicode(table.c[name]), shape)
            == _bytes(as_stored(rows.c[prefix + name], shape, name), shape)
            for name in VALUE_FIELDS
        )
    )


def same_in_history(
    one: FromClause, other: FromClause, shape: Shape, before: str = "", others: str = ""
) -> ColumnElement[bool]:
    """Whether two rows of the history have equal values, as kept; `old_` means the old ones."""
    return and_(
        *(
            _bytes(as_stored(one.c[before + name], shape, name), shape)
            == _bytes(as_stored(other.c[others + name], shape, name), shape)
            for name in VALUE_FIELDS
        )
    )


def as_stored(cell: KeyedColumnElement[str], shape: Shape, name: str) -> ColumnElement[str]:
    """A roster's value as its column keeps it: CHAR drops blanks at the end, NOT NULL takes ''."""
    column = shape.columns[name]
    kept: ColumnElement[str] = func.rtrim(cell) if column.kind == "char" else cell
    return kept if column.nullable else func.coalesce(kept, "")


def npi_to_store(cell: KeyedColumnElement[str], shape: Shape) -> ColumnElement[Any]:
    """An NPI as its column keeps it: a number, or its ten digits."""
    return cast(cell, BigInteger) if shape.columns["npi"].is_integer else cell


def stands_twice(
    table: FromClause, shape: Shape, import_id: int | None
) -> ColumnElement[bool] | None:
    """Whether a row's NPI stands in the table more than once; None where a key forbids that.

    Only the NPIs of the import are looked for, all where it is None.
    """
    if shape.unique:
        return None
    held, listed = shape.table.alias("doubled"), import_rows.alias("listed")
    npis = select(held.c.npi).group_by(held.c.npi)
    if import_id is not None:
        npis = npis.where(listed.c.import_id == import_id, same_npi(held, listed, shape))
    doubled = npis.having(func.count() > 1).subquery("twice")
    return table.c.npi.in_(select(doubled.c.npi))


def untouched_extras(table: FromClause, shape: Shape) -> ColumnElement[bool]:
    """Whether the application's own columns still hold what an insert gave them.

    Only columns whose first value is known can tell: those that start as NULL and, on a server,
    those with a literal default.
    """
    tests: list[ColumnElement[bool]] = []
    for column in shape.extra:
        cell = table.c[column.name]
        if column.nullable and not column.filled:
            tests.append(cell.is_(None))
        elif column.default is not None:
            first = shape.spelling.first_value(cell)
            if first is not None:
                tests.append(or_(cell == first, and_(cell.is_(None), first.is_(None))))
    return and_(literal_column("1", Integer) == 1, *tests)


def _bytes(cell: ColumnElement[str], shape: Shape) -> ColumnElement[bytes]:
    return shape.spelling.as_bytes(func.coalesce(cell, ""))
