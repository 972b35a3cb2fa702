"""A load into a server that allows no `LOAD DATA LOCAL` against the same load where it does.

`PROVIDER_ASSETS_TEST_SERVER=mysql python -m benchmarks.without_load_data [ROWS] [ROUNDS]` loads the
same rows in turns into empty tables of one server, and prints for each way the medians of seconds,
of the client's and of the server's processor seconds, and the ratios.
"""

import os
import resource
import statistics
import sys
from pathlib import Path

from pydantic import SecretStr

from benchmarks.loading import load, providers
from benchmarks.server import Server, private_server
from provider_assets.database import DatabaseAddress, open_database
from provider_assets.database.prepare import prepare

ROWS, ROUNDS = 1_000_000, 3
AT_MOST = 2.2
WAYS = {"LOAD DATA": "ON", "inserts": "OFF"}
WHAT = ("seconds", "client's CPU seconds", "server's CPU seconds")


def measure(server: Server, rows: int, rounds: int) -> dict[str, list[tuple[float, ...]]]:
    """Of each way and round: seconds, CPU seconds of this process, and of the server's."""
    frame = providers(rows, 0)
    taken: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, allowed in WAYS.items():
            server.run(f"SET GLOBAL local_infile = {allowed}")
            server.empty_database()
            database = open_database(DatabaseAddress(SecretStr(server.url)))
            prepare(database)
            client, its = _own_cpu(), _cpu_of(server.pid)
            seconds = load(database, frame, "first")
            taken[way].append((seconds, _own_cpu() - client, _cpu_of(server.pid) - its))
            database.engine.dispose()
    return taken


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str]) -> None:
    rows, rounds = (int(arguments[0]) if arguments else ROWS), ROUNDS
    if len(arguments) > 1:
        rounds = int(arguments[1])
    with private_server() as server:
        print(f"{rows:,} rows, {rounds} rounds, {server.describe()}, load {os.getloadavg()[0]:.1f}")
        taken = measure(server, rows, rounds)
    for way, each in taken.items():
        told = [
            f"{name} {statistics.median(one):.2f}"
            for name, one in zip(WHAT, zip(*each, strict=True), strict=True)
        ]
        print(f"{way}: {', '.join(told)}")
    pairs = list(zip(taken["inserts"], taken["LOAD DATA"], strict=True))
    clock = statistics.median(these[0] / those[0] for these, those in pairs)
    both = statistics.median(sum(these[1:]) / sum(those[1:]) for these, those in pairs)
    print(
        f"inserts over LOAD DATA: {clock:.2f} of the clock (at most {AT_MOST}), {both:.2f} of CPU"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
