"""`python -m benchmarks.workers [--rosters 100] [--rounds 3]`: two workers against one, in turns.

Rosters of ten rows lie in a bucket; the time runs from there until the last of them is put away,
with the shipped `deploy/workers/dagster.yaml` and all services on this machine. A time counts only
where the table then holds every row. CPU seconds tell who is busy: what the services and the
servers take, no second worker makes up for.
"""

import argparse
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.measure import TICK, say
from provider_assets_tests.e2e.fleet import WORKERS, Fleet, fleet_at
from provider_assets_tests.e2e.rosters import write_roster
from provider_assets_tests.mysql.server import Server, start_server

ROWS = 10
SIZES = {"one worker": WORKERS[:1], "two workers": WORKERS}
Figures = dict[str, float]


def measure(server: Server, workers: tuple[str, ...], rosters: int) -> Figures:
    """Seconds, and CPU seconds by what used them, of so many rosters through so many workers."""
    with (
        tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as folder,
        fleet_at(Path(folder), server, workers) as fleet,
    ):
        _load(fleet, range(rosters, rosters + 2 * len(workers)))  # whoever is new has begun then
        before, started = _cpu(fleet, server), time.perf_counter()
        _load(fleet, range(rosters))
        seconds = time.perf_counter() - started
        found = fleet.query("SELECT COUNT(*) FROM providerinfo")
        expected = (rosters + 2 * len(workers)) * ROWS
        assert found == [(expected,)], f"{found} rows in the table, {expected} expected"
        used = _cpu(fleet, server)
        return {"seconds": seconds, **{name: used[name] - before[name] for name in used}}


def _load(fleet: Fleet, numbers: range) -> None:
    for number in numbers:
        path = write_roster(fleet.folder / f"r{number:04d}.csv", number, ROWS)
        fleet.send(path.name, path.read_bytes())
    fleet.wait("every roster is put away", lambda: not fleet.names("inbox"), 3_600)


def _cpu(fleet: Fleet, server: Server) -> Counter[str]:
    """CPU seconds until now: of the workers, the services, and the servers behind them."""
    assert server.daemon is not None
    assert server.daemon.process is not None
    assert fleet.bucket.process is not None
    whose = {part.pid: "workers" if name in WORKERS else "services"
             for name, part in fleet.parts.items()}  # fmt: skip
    alone = {server.daemon.process.pid: "database", fleet.bucket.process.pid: "bucket"}
    used: Counter[str] = Counter()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        name = alone.get(int(stat.parent.name)) or whose.get(int(fields[3]))  # its session
        if name:
            used[name] += sum(int(each) for each in fields[11:15]) / TICK
    return used


def main(rosters: int, rounds: int) -> None:
    """Print the table."""
    runs: dict[str, list[Figures]] = {name: [] for name in SIZES}
    for _ in range(rounds):
        for name, workers in SIZES.items():
            with start_server(private=True) as server:
                runs[name].append(measure(server, workers, rosters))
            say(f"{name}: {runs[name][-1]}")
    median = {
        name: {key: statistics.median(each[key] for each in done) for key in done[0]}
        for name, done in runs.items()
    }
    one, two = (median[name] for name in SIZES)
    print(f"{rosters} rosters of {ROWS} rows, medians of {rounds}; seconds, then CPU seconds\n")
    print("| | " + " | ".join(one) + " |\n|---|" + "--:|" * len(one))
    for name, figures in median.items():
        print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in figures.values()) + " |")
    print(f"\ntwo workers take {two['seconds'] / one['seconds']:.2f} of one's time")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--rosters", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or the fleet would outlive it
    main(given.rosters, given.rounds)
