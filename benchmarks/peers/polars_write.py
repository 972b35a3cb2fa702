"""polars and `write_database`, as its documentation has it for a database of SQLAlchemy's.

It hands the frame to pandas' `to_sql` there; of the drivers that it would rather use (ADBC),
PyPI has none for MySQL.
"""

import sys

import polars as pl

TABLE_COLUMNS = ["ENTY_NM", "PROV_FST_NM", "PROV_LST_NM", "PROV_FULL_NM", "PROV_NPI"]


def main(roster: str, url: str) -> None:
    rows = pl.read_excel(roster, sheet_name="Sheet1", schema_overrides={"NPI": pl.String})
    rows = rows.filter(pl.col("NP").is_not_null())
    rows = rows.unique("NPI", keep="first", maintain_order=True)
    rows.columns = TABLE_COLUMNS
    rows.write_database("providerinfo", url, if_table_exists="append", engine="sqlalchemy")


if __name__ == "__main__":
    main(*sys.argv[1:])
