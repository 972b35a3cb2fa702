"""The floor: fastexcel, a file, `LOAD DATA`, one upsert. No check, no history, no report."""

import sys
import tempfile
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc
import pymysql
from pyarrow import csv
from sqlalchemy.engine import make_url

STAGING = "CREATE TEMPORARY TABLE staging LIKE providerinfo"
UPSERT = (
    "INSERT INTO providerinfo SELECT * FROM staging AS s ON DUPLICATE KEY UPDATE"
    " ENTY_NM = s.ENTY_NM, PROV_FST_NM = s.PROV_FST_NM,"
    " PROV_LST_NM = s.PROV_LST_NM, PROV_FULL_NM = s.PROV_FULL_NM"
)


def read(roster: str) -> pa.Table:
    sheet = fastexcel.read_excel(roster).load_sheet("Sheet1", dtypes="string")
    batch = sheet.to_arrow()
    return pa.Table.from_batches([batch]).filter(pc.field("NP").is_valid())


def load(rows: pa.Table, url: str, folder: str) -> None:
    path = Path(folder, "rows.tsv")
    csv.write_csv(
        rows, path, csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    )
    at = make_url(url)
    connection = pymysql.connect(
        host=at.host or "", port=at.port or 0, user=at.username, password=at.password or "",
        database=at.database, local_infile=True, charset="utf8mb4",
    )  # fmt: skip
    with connection, connection.cursor() as cursor:
        cursor.execute(STAGING)
        # IGNORE keeps the first row of an NPI
        cursor.execute(f"LOAD DATA LOCAL INFILE '{path}' IGNORE INTO TABLE staging")
        cursor.execute(UPSERT)
        connection.commit()


def main(roster: str, url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        load(read(roster), url, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
