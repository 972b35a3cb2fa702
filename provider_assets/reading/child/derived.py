"""Fields that a roster has no column for: constants, made of others, or split off the full name.

Runs in the reader's child process, on a table's cleaned columns.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers import cleaning
from provider_assets.providers.entities import ORGANIZATION, entity_type
from provider_assets.providers.fields import FIELDS
from provider_assets.providers.headers import Wanted
from provider_assets.providers.persons import first_of, last_of
from provider_assets.providers.templates import Segment, segments, used

_PERSON = ("first_name", "last_name", "middle_name")
Columns = dict[str, pa.Array]


def fill(columns: Columns, wanted: Wanted, count: int) -> None:
    """Add what the table has no column for; every field is there afterwards, null where empty."""
    for name, value in wanted.constants.items():
        if name not in columns:
            columns[name] = pa.repeat(pa.scalar(cleaning.clean_text(value), pa.string()), count)
    if wanted.split and "full_name" in columns:
        _split(columns)
    for name in wanted.derive:
        if name not in columns:
            columns[name] = _derived(columns, name, wanted, count)
    for name in FIELDS:
        if name not in columns:
            columns[name] = pa.nulls(count, pa.string())


def _split(columns: Columns) -> None:
    """First and last name out of `Last, First`, where the table has neither."""
    if "first_name" in columns or "last_name" in columns:
        return
    full = columns["full_name"]
    for name, part in (("last_name", last_of), ("first_name", first_of)):
        columns[name] = cleaning.map_unique(full, part, pa.string())


def _derived(columns: Columns, name: str, wanted: Wanted, count: int) -> pa.Array:
    """The first template whose fields are all filled, row by row; null where none is.

    A person does not get an organization's name: a template for the full name that uses no part
    of a person's name counts only in an organization's row.
    """
    found = pa.nulls(count, pa.string())
    for template in wanted.derive[name]:
        made = _filled_in(columns, segments(template), count)
        if name == "full_name" and not set(used(template)) & set(_PERSON):
            made = pc.if_else(_is_organization(columns, wanted, count), made, None)
        found = pc.coalesce(found, made)
    if name == "full_name" and wanted.fallback and {"entity_type", "last_name"} <= columns.keys():
        # public files share one column: a person's last name, or an organization's name
        alone = _is_organization(columns, wanted, count)
        if "first_name" in columns:
            alone = pc.and_(alone, pc.is_null(columns["first_name"]))
        found = pc.coalesce(found, pc.if_else(alone, columns["last_name"], None))
    return cleaning.clean_texts(found)


def _filled_in(columns: Columns, parts: Sequence[Segment], count: int) -> pa.Array:
    pieces = []
    for part in parts:
        made = _joined(columns, part, count)
        pieces.append(pc.fill_null(made, "") if part.falls_away else made)
    return pc.binary_join_element_wise(*pieces, "")


def _joined(columns: Columns, part: Segment, count: int) -> pa.Array:
    pieces = []
    for literal, name in part.pieces:
        if literal:
            pieces.append(pa.repeat(pa.scalar(literal), count))
        if name is not None:
            pieces.append(columns.get(name, pa.nulls(count, pa.string())))
    return pc.binary_join_element_wise(*pieces, "")


def _is_organization(columns: Columns, wanted: Wanted, count: int) -> pa.Array:
    """Which rows are an organization's: their entity type says so or, where none is told, they
    have no part of a person's name. A fallback layout goes by the latter only where a roster that
    tells entity types leaves the cell empty.
    """
    nameless = pa.repeat(pa.scalar(True), count)
    for name in _PERSON:
        if name in columns:
            nameless = pc.and_(nameless, pc.is_null(columns[name]))
    if "entity_type" not in columns:
        return pa.repeat(pa.scalar(False), count) if wanted.fallback else nameless
    if wanted.fallback:
        nameless = pc.and_(nameless, pc.is_null(columns["entity_type"]))
    kinds = cleaning.map_unique(columns["entity_type"], entity_type, pa.string())
    return pc.coalesce(pc.equal(kinds, ORGANIZATION), nameless)
