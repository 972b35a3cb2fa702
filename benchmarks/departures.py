"""A full roster against the same one as a delta, into a table that holds many more rows.

`python -m benchmarks.departures [ROWS] [HELD] [ROUNDS]` prints seconds by the clock, CPU seconds of
client and server, and their ratios: of the one transaction, for a full roster in which one in a
hundred is missing, and for one that is far too short and waits; and for the former of the whole
command `provider-assets load`.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydantic import SecretStr

from benchmarks import loading
from benchmarks.contestants import our_environment, ours
from benchmarks.measure import cpu_of, run
from benchmarks.server import Server, private_server
from provider_assets.database import Database, DatabaseAddress, open_database
from provider_assets.database.history import list_imports
from provider_assets.database.loading.load import load_providers
from provider_assets.database.prepare import prepare
from provider_assets.database.undoing.undo import undo
from provider_assets.providers.departures import DeparturePolicy
from provider_assets.providers.npi import check_digit
from provider_assets_tests.database.departures import asked, mentions

ROWS, HELD, ROUNDS = 100_000, 1_000_000, 3
AT_MOST = 1.3
DELTA, FULL = DeparturePolicy(), DeparturePolicy(covers="full", absent="delete")
HEADERS = {
    "entity_name": "Practice",
    "first_name": "First",
    "last_name": "Last",
    "full_name": "Provider",
    "npi": "NPI",
}
LAYOUT = "name: north\ncolumns: {{{columns}}}\n{policy}"


class Seconds(NamedTuple):
    """What one load took, by the clock and of the processors."""

    clock: float
    cpu: float


def providers(rows: int, seed: int) -> pd.DataFrame:
    """The same as for other loads, with check digits: so hardly one is a slip for another."""
    frame = loading.providers(rows, seed)
    nine = "2" + frame["npi"].str[2:]
    return frame.assign(npi=(nine + nine.map(check_digit)).astype("str"))


def load(
    server: Server, database: Database, rows: pd.DataFrame, name: str, policy: DeparturePolicy,
    hospital: str = "north",
) -> Seconds:  # fmt: skip
    """What one transaction took."""
    request = asked(name, hospital, policy, rows=len(rows))
    cpu, started = time.process_time() + cpu_of(server.pid), time.perf_counter()
    load_providers(database, rows, request, mentions())
    clock = time.perf_counter() - started
    return Seconds(clock, time.process_time() + cpu_of(server.pid) - cpu)


def compare(database: Database, rounds: int, once: Callable[[str, int], Seconds]) -> None:
    """Print what both took, in turn, and the ratios; each load is undone after it."""
    taken: dict[str, list[Seconds]] = {"delta": [], "full": []}
    for turn in range(rounds):
        for name, some in taken.items():
            took = once(name, turn)
            some.append(took)
            record = list_imports(database, limit=1)[0]
            told = record.departures
            print(
                f"{name}: {took.clock:.2f} s, CPU {took.cpu:.2f} s, "
                f"departed {told.departed}, waits {told.waiting}",
                flush=True,
            )
            undo(database, record.id)
    clock, cpu = (
        statistics.median(one[at] for one in taken["full"])
        / statistics.median(one[at] for one in taken["delta"])
        for at in (0, 1)
    )
    print(f"ratio {clock:.2f}, of CPU {cpu:.2f} (at most {AT_MOST})", flush=True)


def fill(server: Server, rows: int, held: int, *, own_all: bool) -> tuple[Database, pd.DataFrame]:
    """A table that holds so many, and the rows of `north`; `own_all` gives it all of them."""
    server.empty_database()
    database = open_database(DatabaseAddress(SecretStr(server.url)))
    prepare(database)
    policy = replace(FULL, absent="report") if own_all else DELTA
    hospital = "north" if own_all else "south"
    load(server, database, providers(held - rows, 0), "others", policy, hospital)
    mine = providers(rows, 1)
    load(server, database, mine, "mine", DELTA)
    return database, mine


def transactions(server: Server, rows: int, held: int, rounds: int, *, own_all: bool) -> None:
    """The one transaction alone."""
    database, mine = fill(server, rows, held, own_all=own_all)
    stays, policies = mine.iloc[: rows - rows // 100], {"delta": DELTA, "full": FULL}
    compare(
        database,
        rounds,
        lambda name, turn: load(server, database, stays, f"{name} {turn}", policies[name]),
    )


def commands(server: Server, rows: int, held: int, rounds: int) -> None:
    """Processes, from the roster's file to the reports."""
    database, mine = fill(server, rows, held, own_all=False)
    stays = mine.iloc[: rows - rows // 100][list(HEADERS)].rename(columns=HEADERS)
    columns = ", ".join(f"{field}: [{header}]" for field, header in HEADERS.items())
    policies = {"delta": "", "full": "roster: full\nabsent: delete\n"}
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
        home = Path(temporary)
        environment = our_environment(home, server.url)
        for name, policy in policies.items():
            (home / name).mkdir()
            text = LAYOUT.format(columns=columns, policy=policy)
            (home / name / "north.yaml").write_text(text, encoding="utf-8")

        def once(name: str, turn: int) -> Seconds:
            roster = home / f"{name} {turn}.csv"
            stays.sample(frac=1, random_state=2 * turn + (name == "full")).to_csv(
                roster, index=False
            )
            took = run(
                ours("load", str(roster)), folder=home, server_pid=server.pid,
                environment=environment | {"PROVIDER_ASSETS_LAYOUTS": str(home / name)},
            )  # fmt: skip
            return Seconds(took.wall, took.cpu + took.server_cpu)

        compare(database, rounds, once)


def main(arguments: list[str]) -> None:
    numbers = [int(each) for each in arguments]
    rows, held, rounds = (*numbers, *(ROWS, HELD, ROUNDS)[len(numbers) :])
    with private_server() as server:
        for title, own_all in (("one in a hundred is missing", False), ("far too short", True)):
            print(f"the transaction, {title}")
            transactions(server, rows, held, rounds, own_all=own_all)
        print("the whole command, one in a hundred is missing")
        commands(server, rows, held, rounds)


if __name__ == "__main__":
    main(sys.argv[1:])
