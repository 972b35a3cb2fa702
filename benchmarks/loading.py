"""The one transaction against the server's own `LOAD DATA` of the same rows into a bare table.

`python -m benchmarks.loading [ROWS] [ROUNDS]` prints seconds and two ratios: a load with its
history into an empty table over the bare one, and the same into a table that holds as many other
rows already over that.
"""

import hashlib
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from pydantic import SecretStr

from benchmarks.server import TABLE, Server, private_server
from provider_assets.database import Database, DatabaseAddress, open_database
from provider_assets.database.loading.load import load_providers
from provider_assets.database.prepare import prepare
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets.providers.frames import CLEAN
from provider_assets.providers.imports import ImportRequest
from provider_assets.providers.roster import RosterSource, RowCounts

ROWS, ROUNDS = 1_000_000, 3
AT_MOST = {"empty table over bare LOAD DATA": 2.5, "full table over empty table": 1.5}


def providers(rows: int, seed: int) -> pd.DataFrame:
    """Rows as `frames.CLEAN` has them, in no order; another seed shares no NPI."""
    from benchmarks import rosters

    raw = rosters.providers(rows, seed=seed)
    frame = pd.DataFrame(
        {name: raw[header] for name, header in zip(TABLE_FIELDS, rosters.HEADERS, strict=True)}
    )
    frame["full_name"] = frame["full_name"].fillna("No Name")
    # even and odd numbers keep two rosters apart; what they are is of no matter here
    numbers = pd.Series(range(rows)).sample(frac=1, random_state=seed).reset_index(drop=True)
    frame["npi"] = (1_000_000_000 + numbers * 2 + seed % 2).astype("str")
    frame["sheet"], frame["row"], frame["warnings"] = "Sheet1", range(2, rows + 2), ""
    kinds = {name: "int64" if name == "row" else "str" for name in CLEAN}
    return frame.reindex(columns=list(CLEAN)).astype(kinds).rename_axis("position")


def bare(server: Server, frame: pd.DataFrame) -> float:
    """Seconds of one LOAD DATA, by the server from its own disk, into a table of one key."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "rows.tsv"
        frame[list(TABLE_FIELDS)].to_csv(file, sep="\t", header=False, index=False, na_rep="\\N")
        server.run("DROP DATABASE IF EXISTS bare", "CREATE DATABASE bare", "USE bare", TABLE)
        started = time.perf_counter()
        server.run("USE bare", f"LOAD DATA INFILE '{file}' INTO TABLE providerinfo")
        return time.perf_counter() - started


def load(database: Database, frame: pd.DataFrame, name: str) -> float:
    """Seconds of a whole load, history and commit included."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    source = RosterSource(name, f"{name}.csv", sha256, 1, "csv", "hospital_a", "bench", ())
    counts = RowCounts(read=len(frame), clean=len(frame))
    request = ImportRequest(source, "reject", counts, None, datetime.now(UTC))
    started = time.perf_counter()
    result = load_providers(database, frame, request)
    seconds = time.perf_counter() - started
    assert result.rows.inserted == len(frame)
    return seconds


def measure(server: Server, rows: int = ROWS, rounds: int = ROUNDS) -> dict[str, float]:
    """Medians in seconds, and the two ratios."""
    first, second = providers(rows, 0), providers(rows, 1)
    taken: dict[str, list[float]] = {"bare": [], "empty": [], "full": []}
    for _ in range(rounds):
        taken["bare"].append(bare(server, first))
        server.empty_database()
        database = open_database(DatabaseAddress(SecretStr(server.url)))
        prepare(database)
        taken["empty"].append(load(database, first, "first"))
        taken["full"].append(load(database, second, "second"))
    return {name: statistics.median(values) for name, values in taken.items()} | {
        "empty table over bare LOAD DATA": _ratio(taken["empty"], taken["bare"]),
        "full table over empty table": _ratio(taken["full"], taken["empty"]),
    }


def _ratio(these: list[float], those: list[float]) -> float:
    """The median of the rounds' ratios: what else the machine does differs less within a round."""
    return statistics.median(one / other for one, other in zip(these, those, strict=True))


def main(arguments: list[str]) -> None:
    rows, rounds = (int(given) for given in (*arguments, ROWS, ROUNDS)[:2])
    if len(arguments) == 1:
        rounds = ROUNDS
    with private_server() as server:
        for name, value in measure(server, rows, rounds).items():
            limit = f" (at most {AT_MOST[name]})" if name in AT_MOST else " s"
            print(f"{name}: {value:.2f}{limit}")


if __name__ == "__main__":
    main(sys.argv[1:])
