"""NPPES' file of all providers as columns: 46 of its 330, streamed out of its zip.

Format: CMS' readme of the V2 files. Every value is quoted, days are `MM/DD/YYYY`, a deactivated
row holds its NPI and the day and nothing else. `columns` says what becomes of a row.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.errors import RegistryError
from provider_assets.providers.counted import counted
from provider_assets.registry import headings
from provider_assets.registry.columns import NPI, NUMBERS, PARTED, TEXTS
from provider_assets.registry.delimited import batches, header_row
from provider_assets.registry.other_names import OtherNames, held_other_names, read_other_names
from provider_assets.registry.sources import Source
from provider_assets.registry.store import Store
from provider_assets.registry.texts import Numbers, Texts, decoded

_DAY = r"^\d\d/\d\d/\d{4}$"
_MOST_WITHOUT = 0.01  # of the rows may lack an NPI before the file is taken for another


@dataclass(frozen=True)
class Entries:
    """The rows of one file, in its order, and how many had no usable NPI.

    `keeps_others` says that other names are those of the store, since the file brought none.

    Of `columns.COLUMNS` the numbers are arrays, the texts lists of dictionary arrays end to end:
    joined one column at a time, they take little room.
    """

    columns: dict[str, pa.Array | list[pa.DictionaryArray]]
    passed_over: int
    keeps_others: bool


def read_entries(source: Source, seen: int, held: Store | None) -> Entries:
    """Every row of an NPPES file whose last day is `seen`, with organizations' other names.

    Where the file has none, those that the store `held` stay.

    Raises RegistryError where a column is missing, or the content is damaged or another.
    """
    others = read_other_names(source) if source.others else held_other_names(held)
    with source.opened() as stream:
        headers = header_row(stream)
        at = headings.needed(headers, headings.NPPES, source.name)
        at |= headings.places(headers, headings.MORE_TAXONOMIES)
        numbers = {name: Numbers() for name in NUMBERS}
        texts = {name: Texts() for name in TEXTS}
        read = passed = 0
        for batch in batches(stream, len(headers), at, source.name):
            usable = _of_an_npi(batch)
            read, passed = read + batch.num_rows, passed + batch.num_rows - usable.num_rows
            _add(usable, numbers, texts, others)
            numbers["seen"].add(pa.repeat(pa.scalar(seen, pa.uint16()), usable.num_rows))
    if not read:
        raise RegistryError(f"{source.name}: has headers and no rows; download it again")
    if passed > _MOST_WITHOUT * read:
        raise RegistryError(
            f"{source.name}: {passed:,} of {counted(read, 'row')} without an NPI; the file is "
            "another, or damaged: download it again"
        )
    return Entries(
        {name: column.whole() for name, column in numbers.items()}
        | {name: column.parts() for name, column in texts.items()},
        passed,
        keeps_others=source.others is None and len(others.npis) > 0,
    )


def _of_an_npi(batch: pa.RecordBatch) -> pa.RecordBatch:
    npis = decoded(batch.column("npi"))
    usable = pc.fill_null(pc.match_substring_regex(npis, NPI), False)
    return batch if pc.all(usable).as_py() else batch.filter(usable)


def _add(
    batch: pa.RecordBatch,
    numbers: dict[str, Numbers],
    texts: dict[str, Texts],
    others: OtherNames,
) -> None:
    def text(name: str) -> pa.Array:
        return decoded(batch.column(name))

    is_firm = pc.equal(kind := _small(text("kind")), 2)
    numbers["npi"].add(npis := text("npi").cast(pa.uint32()))
    numbers["kind"].add(kind)
    numbers["replacement"].add(_npis(text("replacement")))
    for name in ("updated", "deactivated", "reactivated"):
        numbers[name].add(_days(text(name)))
    texts["name"].add(pc.if_else(is_firm, text("organization"), text("last")))
    for name in ("first", "middle", "state"):
        texts[name].add(text(name))
    former = _former(text("other_last"), text("other_first"), text("other_middle"))
    texts["former"].add(pc.if_else(is_firm, others.of(npis), former))
    texts["taxonomy"].add(_primary_taxonomy(batch))


def _small(cells: pa.Array) -> pa.Array:
    """1 or 2; 0 where empty, as on a deactivated row."""
    known = pc.is_in(cells, pa.array(["1", "2"]))
    return pc.if_else(known, cells, "0").cast(pa.uint8())


def _npis(cells: pa.Array) -> pa.Array:
    known = pc.fill_null(pc.match_substring_regex(cells, NPI), False)
    return pc.if_else(known, cells, "0").cast(pa.uint32())


def _days(cells: pa.Array) -> pa.Array:
    """Days since 1970; 0 where there is none."""
    formed = pc.fill_null(pc.match_substring_regex(cells, _DAY), False)
    parsed = pc.strptime(
        pc.if_else(formed, cells, None), format="%m/%d/%Y", unit="s", error_is_null=True
    )
    days = pc.fill_null(parsed.cast(pa.date32()).cast(pa.int32()), 0)
    sound = pc.and_(pc.greater(days, 0), pc.less(days, 2**16))
    return pc.if_else(sound, days, 0).cast(pa.uint16())


def _former(last: pa.Array, first: pa.Array, middle: pa.Array) -> pa.Array:
    """Another name that a person has or had, its parts in one text; null where there is none."""
    parts = (pc.fill_null(each, "") for each in (last, first, middle))
    whole = pc.binary_join_element_wise(*parts, PARTED)
    return pc.if_else(pc.is_valid(last), whole, None)


def _primary_taxonomy(batch: pa.RecordBatch) -> pa.Array:
    """The taxonomy whose switch says that it is the primary one, else the first."""
    chosen = pa.nulls(batch.num_rows, pa.binary())
    for number in range(1, headings.TAXONOMIES + 1):
        if f"primary_{number}" not in batch.schema.names:
            break
        switch = pc.fill_null(pc.equal(batch.column(f"primary_{number}"), b"Y"), False)
        if pc.any(switch).as_py():
            here = pc.if_else(switch, batch.column(f"taxonomy_{number}"), None)
            chosen = pc.coalesce(chosen, here)
    return decoded(pc.coalesce(chosen, batch.column("taxonomy_1")))
