"""The flow that this project replaces, written anew from its description: five Luigi tasks.

`pandas.ExcelFile.parse`, log files and a filtered workbook with the date in their names, then a
row by row INSERT with a commit each. Its defects are left out where they would load other rows:
both logs are kept, and the filtered rows are the ones that load.
"""

import datetime as dt
import sys
from pathlib import Path

import luigi
import pandas as pd
import pymysql
from sqlalchemy.engine import make_url

INSERT = (
    "INSERT INTO providerinfo(ENTY_NM, PROV_FST_NM, PROV_LST_NM, PROV_FULL_NM, PROV_NPI)"
    " VALUES (%s, %s, %s, %s, %s)"
)


def stage_data(filename: str) -> pd.DataFrame:
    return pd.ExcelFile(filename).parse("Sheet1")


class Step(luigi.Task):
    """A task of the flow and where it leaves its files."""

    filename = luigi.Parameter()
    url = luigi.Parameter()
    folder = luigi.Parameter()

    def path(self, suffix: str) -> Path:
        day = dt.datetime.now(tz=dt.UTC).date()
        return Path(self.folder, f"{Path(self.filename).stem}_{day}{suffix}")

    def same(self, task: type["Step"]) -> "Step":
        return task(filename=self.filename, url=self.url, folder=self.folder)


class CreateLogFiles(Step):
    SUFFIXES = ("_Errors.log", "_Duplicates.log", "_DuplicatesExisting.log")

    def output(self) -> list[luigi.LocalTarget]:
        return [luigi.LocalTarget(self.path(suffix)) for suffix in self.SUFFIXES]

    def run(self) -> None:
        for target in self.output():
            with target.open("w"):
                pass


class LogErrors(Step):
    def requires(self) -> Step:
        return self.same(CreateLogFiles)

    def output(self) -> luigi.LocalTarget:
        return luigi.LocalTarget(self.path("_Named.xlsx"))

    def run(self) -> None:
        rows = stage_data(self.filename)
        missing = rows[rows["NP"].isnull()]
        with self.path("_Errors.log").open("a") as log:
            log.write(f"{missing}\n{len(missing)} rows without a full name\n")
        rows[rows["NP"].notnull()].to_excel(self.output().path, sheet_name="Sheet1", index=False)


class LogDuplicates(Step):
    def requires(self) -> Step:
        return self.same(LogErrors)

    def output(self) -> luigi.LocalTarget:
        return luigi.LocalTarget(self.path("_Filtered.xlsx"))

    def run(self) -> None:
        rows = stage_data(self.input().path)
        repeated = rows[rows["NPI"].duplicated()]
        with self.path("_Duplicates.log").open("a") as log:
            log.write(f"{repeated}\n{len(repeated)} rows whose NPI stood above\n")
        rows.drop(repeated.index).to_excel(self.output().path, sheet_name="Sheet1", index=False)


class ConnectDB(Step):
    def requires(self) -> Step:
        return self.same(LogDuplicates)

    def output(self) -> luigi.LocalTarget:
        return luigi.LocalTarget(self.path("_ConnectDB_SUCCESS"))

    def connect(self) -> pymysql.Connection:
        at = make_url(self.url)
        return pymysql.connect(
            host=at.host or "", port=at.port or 0, user=at.username, password=at.password or "",
            database=at.database, charset="utf8mb4",
        )  # fmt: skip

    def run(self) -> None:
        self.connect().close()
        with self.output().open("w"):
            pass


class LoadProviders(ConnectDB):
    def requires(self) -> list[Step]:
        return [self.same(ConnectDB), self.same(LogDuplicates)]

    def output(self) -> luigi.LocalTarget:
        return luigi.LocalTarget(self.path("_LoadProviders_SUCCESS"))

    def run(self) -> None:
        rows = stage_data(self.input()[1].path)
        connection = self.connect()
        with connection, connection.cursor() as cursor:
            for row in rows.itertuples(index=False):
                cursor.execute(INSERT, tuple(row))
                connection.commit()
        with self.output().open("w"):
            pass


def main(roster: str, url: str, folder: str) -> None:
    task = LoadProviders(filename=roster, url=url, folder=folder)
    if not luigi.build([task], local_scheduler=True, log_level="WARNING"):
        sys.exit("the flow failed")


if __name__ == "__main__":
    main(*sys.argv[1:])
