"""A full roster against the same one as a delta, into a table that holds many more rows.

`python -m benchmarks.departures [ROWS] [HELD] [ROUNDS]` prints seconds and their ratio, for a full
roster in which one in a hundred is missing, and for one that is far too short and waits.
"""

import statistics
import sys
import time
from dataclasses import replace

import pandas as pd
from pydantic import SecretStr

from benchmarks import loading
from benchmarks.server import Server, private_server
from provider_assets.database import Database, DatabaseAddress, open_database
from provider_assets.database.loading.load import load_providers
from provider_assets.database.prepare import prepare
from provider_assets.database.undoing.undo import undo
from provider_assets.providers.departures import DeparturePolicy, Mentions
from provider_assets.providers.imports import ImportRequest, LoadResult
from provider_assets.providers.npi import check_digit
from provider_assets_tests.database.departures import asked, mentions

ROWS, HELD, ROUNDS = 100_000, 1_000_000, 3
AT_MOST = 1.3
DELTA, FULL = DeparturePolicy(), DeparturePolicy(covers="full", absent="delete")


def providers(rows: int, seed: int) -> pd.DataFrame:
    """The same as for other loads, with check digits: so hardly one is a slip for another."""
    frame = loading.providers(rows, seed)
    nine = "2" + frame["npi"].str[2:]
    return frame.assign(npi=(nine + nine.map(check_digit)).astype("str"))


def load(
    database: Database, rows: pd.DataFrame, request: ImportRequest, besides: Mentions
) -> tuple[float, LoadResult]:
    """Seconds of one load, and what it did."""
    started = time.perf_counter()
    result = load_providers(database, rows, request, besides)
    return time.perf_counter() - started, result


def compare(server: Server, rows: int, held: int, rounds: int, *, own_all: bool) -> None:
    """Print the seconds of both, in turn; `own_all` gives the whole table to one hospital."""
    server.empty_database()
    database = open_database(DatabaseAddress(SecretStr(server.url)))
    prepare(database)
    hospital = "north" if own_all else "south"
    others, mine = providers(held - rows, 0), providers(rows, 1)
    policy = replace(FULL, absent="report") if own_all else DELTA
    load(database, others, asked("others", hospital, policy, rows=len(others)), mentions())
    load(database, mine, asked("mine", "north", DELTA, rows=rows), mentions())
    stays = mine.iloc[: rows - rows // 100]
    seconds: dict[str, list[float]] = {"delta": [], "full": []}
    for turn in range(rounds):
        for name, chosen in (("delta", DELTA), ("full", FULL)):
            wanted = asked(f"{name} {turn}", "north", chosen, rows=len(stays))
            took, result = load(database, stays, wanted, mentions())
            seconds[name].append(took)
            told = result.departures
            print(f"{name}: {took:.2f} s, departed {told.departed}, waits {told.waiting}")
            assert result.import_id is not None
            undo(database, result.import_id)
    delta, full = (statistics.median(seconds[name]) for name in ("delta", "full"))
    print(f"ratio {full / delta:.2f} (at most {AT_MOST})", flush=True)


def main(arguments: list[str]) -> None:
    numbers = [int(each) for each in arguments]
    rows, held, rounds = (*numbers, *(ROWS, HELD, ROUNDS)[len(numbers) :])
    with private_server() as server:
        compare(server, rows, held, rounds, own_all=False)
        compare(server, rows, held, rounds, own_all=True)


if __name__ == "__main__":
    main(sys.argv[1:])
