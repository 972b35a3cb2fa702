"""dlt with `merge`: its own way to load a roster again without doubling rows.

`records` reads the spreadsheet as dlt's documentation reads one: pandas' default reader, and a
list of dictionaries. `frames` is the same with the faster reader and a frame, which dlt passes on
as Arrow. dlt makes the table itself, in the database of the URL.
"""

import sys
from collections.abc import Iterator
from typing import Any

import dlt
import pandas as pd

TABLE_COLUMNS = ["ENTY_NM", "PROV_FST_NM", "PROV_LST_NM", "PROV_FULL_NM", "PROV_NPI"]
READERS = {"records": "openpyxl", "frames": "calamine"}


def main(roster: str, url: str, folder: str, how: str) -> None:
    @dlt.resource(name="providerinfo", write_disposition="merge", primary_key="PROV_NPI")
    def providers() -> Iterator[Any]:
        rows = pd.read_excel(roster, sheet_name="Sheet1", engine=READERS[how], dtype={"NPI": "str"})
        rows = rows[rows["NP"].notna()].drop_duplicates("NPI")
        rows.columns = TABLE_COLUMNS
        yield rows.to_dict(orient="records") if how == "records" else rows

    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=folder,
        destination=dlt.destinations.sqlalchemy(url),
        dataset_name="bench",
    )
    pipeline.run(providers()).raise_on_failed_jobs()


if __name__ == "__main__":
    main(*sys.argv[1:])
