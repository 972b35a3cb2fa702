"""NPPES' file of organizations' other names: what they do business as, and former ones.

`othername_pfile_….csv` lies beside the file of all providers, with a row for each name: NPI, name,
and a code (1 former, 2 professional, 3 doing business as, 4 former legal, 5 other). Columns go by
name, as they come and go.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.registry import headings
from provider_assets.registry.columns import NPI, OTHERS
from provider_assets.registry.delimited import batches, header_row
from provider_assets.registry.reference import ORGANIZATION
from provider_assets.registry.sources import Source
from provider_assets.registry.store import Store
from provider_assets.registry.texts import decoded


@dataclass(frozen=True)
class OtherNames:
    """Other names by NPI: `npis` in order, `names` with `columns.OTHERS` between several."""

    npis: npt.NDArray[np.uint32]
    names: pa.Array

    def of(self, npis: pa.Array) -> pa.Array:
        """The other names of these NPIs, null where there are none."""
        wanted = npis.to_numpy()
        if not len(self.npis):
            return pa.nulls(len(wanted), pa.string())
        at = np.minimum(np.searchsorted(self.npis, wanted), len(self.npis) - 1)
        return self.names.take(pa.array(at, mask=self.npis[at] != wanted))


NOBODYS = OtherNames(np.array([], dtype=np.uint32), pa.array([], pa.string()))


def read_other_names(source: Source) -> OtherNames:
    """The other names that came with a file of providers; its `others` must be there.

    Raises RegistryError where a column is missing, or the content is damaged.
    """
    where = f"{source.name} ({source.others})"
    with source.others_opened() as stream:
        headers = header_row(stream)
        at = headings.needed(headers, headings.OTHER_NAMES, where)
        parts = [_usable(batch) for batch in batches(stream, len(headers), at, where)]
    if not parts:
        return NOBODYS
    npis = np.concatenate([part.column("npi").to_numpy() for part in parts])
    names = pa.concat_arrays([part.column("name") for part in parts])
    order = np.argsort(npis, kind="stable")
    npis = npis[order]
    first = np.flatnonzero(np.concatenate([[True], npis[1:] != npis[:-1]]))
    ends = np.append(first, len(npis)).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(ends), names.take(pa.array(order)))
    return OtherNames(npis[first], pc.binary_join(lists, OTHERS))


def held_other_names(held: Store | None) -> OtherNames:
    """Those that a store has: they stay where a file comes without any."""
    if held is None:
        return NOBODYS
    named = held.batch.column("former")
    firms = (held.numbers("kind") == ORGANIZATION) & pc.is_valid(named).to_numpy(
        zero_copy_only=False
    )
    names = named.filter(pa.array(firms)).dictionary_decode()
    return OtherNames(held.numbers("npi")[firms].astype(np.uint32), names)


def _usable(batch: pa.RecordBatch) -> pa.RecordBatch:
    npis, names = (decoded(batch.column(name)) for name in ("npi", "name"))
    usable = pc.and_(pc.match_substring_regex(npis, NPI), pc.is_valid(names))
    columns = [npis.filter(usable).cast(pa.uint32()), names.filter(usable)]
    return pa.RecordBatch.from_arrays(columns, ["npi", "name"])
