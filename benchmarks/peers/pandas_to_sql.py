"""pandas and `to_sql`, as most people would write it; the reader is the third argument.

`method="multi"` would make it several times slower, a larger chunk no faster.
"""

import sys

import pandas as pd
import sqlalchemy as sa

TABLE_COLUMNS = ["ENTY_NM", "PROV_FST_NM", "PROV_LST_NM", "PROV_FULL_NM", "PROV_NPI"]


def main(roster: str, url: str, reader: str) -> None:
    rows = pd.read_excel(roster, sheet_name="Sheet1", engine=reader, dtype={"NPI": "str"})
    rows = rows[rows["NP"].notna()].drop_duplicates("NPI")
    rows.columns = TABLE_COLUMNS
    with sa.create_engine(url).begin() as connection:
        rows.to_sql("providerinfo", connection, if_exists="append", index=False, chunksize=10_000)


if __name__ == "__main__":
    main(*sys.argv[1:])
