"""The steps of the registry's benchmark, each run as a process of its own."""

import sys
from datetime import date
from pathlib import Path

DAY = date(2026, 11, 8)
SEED = 20_260_111


def make(path: str, rows: str) -> None:
    """A monthly file of so many rows, under the name that its member has."""
    from provider_assets_tests.registry.files import write_many

    write_many(Path(path), int(rows), DAY)


def roster(registry: str, path: str, rows: str) -> None:
    """Rows that the registry holds, as a roster has them: a frame of `frames.RAW` as Parquet."""
    import numpy as np
    import pandas as pd

    from provider_assets.providers.fields import FIELDS
    from provider_assets.providers.frames import RAW
    from provider_assets.registry.likeness import registry_texts
    from provider_assets.registry.reference import open_reference

    random, size = np.random.default_rng(SEED), int(rows)
    reference = open_reference(Path(registry), DAY)
    assert reference is not None
    assert reference.providers is not None
    people = np.flatnonzero(reference.providers.numbers("kind") == 1)
    place = random.choice(people, size, replace=False)
    last = pd.Series(registry_texts(reference, "name", place)).str.title()
    first = pd.Series(registry_texts(reference, "first", place)).str.title()
    npi = pd.Series(reference.providers.numbers("npi")[place].astype(str))
    other = random.random(size) < 0.05
    first = first.where(~other, first.str[:1] + ".")
    last = last.where(~(other & (random.random(size) < 0.5)), last.str[:-1])
    gone = random.random(size) < 0.01
    npi = npi.where(~gone, "1234567893")
    frame = pd.DataFrame(dict.fromkeys(FIELDS, pd.Series(None, index=npi.index, dtype="str")))
    frame = frame.assign(npi=npi, last_name=last, first_name=first, full_name=last + ", " + first)
    frame["sheet"], frame["row"], frame["terminated"] = "Sheet1", np.arange(size) + 2, False
    frame["left_as"] = frame["remarks"] = ""
    frame[list(RAW)].astype(
        dict.fromkeys((*FIELDS, "sheet", "left_as", "remarks"), "str")
    ).to_parquet(path)


def judge(path: str, registry: str) -> None:
    """What `clean_providers` does with the rows, with a registry or (`-`) without."""
    import pandas as pd
    import pyarrow.parquet as pq

    from provider_assets.providers.facts import Facts
    from provider_assets.providers.frames import REJECTED, empty
    from provider_assets.providers.sifting import find_clean

    raw: pd.DataFrame = pq.ParquetFile(path).read().to_pandas()
    raw.index.name = "position"
    facts = Facts()
    if registry != "-":
        from provider_assets.registry.asked import ask_registry

        facts = Facts(registry=ask_registry(Path(registry), DAY))
    clean = find_clean(raw, empty(REJECTED), empty(REJECTED), {}, facts, consume=True)
    told = facts.registry.asked(clean)
    sys.stdout.write(f"{len(clean)} rows, {told}\n")


if __name__ == "__main__":
    {"make": make, "roster": roster, "judge": judge}[sys.argv[1]](*sys.argv[2:])
