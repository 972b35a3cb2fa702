"""`python -m benchmarks.scale 10000 100000`: what is asked beside so many rosters, one by one.

The history has ten rows of each roster, Dagster's storage (SQLite) a partition, a run with its tags
and its asset events of each. All are copies of one roster that was really loaded. Seconds are the
processor's, of a whole command or of the one thing inside its process; MB are the peak's.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import growth
from benchmarks.comparison import make_rosters, roster
from benchmarks.contestants import DATA, our_environment, ours
from benchmarks.measure import Run, run, say
from benchmarks.server import Server, private_server
from benchmarks.small import make_folder

COMMANDS = (("imports",), ("imports", "--limit", "20"), ("trace", "{npi}"), ("doctor",))
INSIDE = ("tick", "index", "numbers", "retention")


def measure(server: Server, count: int) -> Iterator[tuple[str, Run, str]]:
    """What was done, its process, and the CPU seconds of the thing itself where that is within."""
    server.empty_database()
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
        home = Path(temporary)
        environment = our_environment(home, server.url)

        def measured(asked: list[str]) -> Run:
            return run(asked, folder=home, environment=environment, server_pid=server.pid)

        def command(*arguments: str) -> Run:
            return measured(ours(*arguments))

        def inside(what: str) -> tuple[Run, str]:
            asked = [sys.executable, "-m", "benchmarks.tick", what, str(count), str(DATA / "new")]
            done = measured(asked)
            return done, "".join((home / "output.txt").read_text().splitlines()[-1:])

        command("load", str(roster(10)))
        say(f"filling: {count:,} rosters")
        growth.fill_history(server, count)
        inside("fill")
        for asked in COMMANDS:
            named = tuple(part.replace("{npi}", growth.npi(count)) for part in asked)
            yield " ".join(asked), command(*named), ""
        first, second, *_ = sorted((DATA / "new").iterdir())
        command("load", str(first))
        yield "load", command("load", str(second)), ""
        for what in INSIDE:
            yield what, *inside(what)


def main(counts: list[int]) -> None:
    """Print the table."""
    DATA.mkdir(parents=True, exist_ok=True)
    make_rosters([10])
    make_folder(DATA / "new", 40)
    with private_server() as server:
        for count in counts:
            print(f"\n{count:,} rosters, {count * growth.ROWS_OF_OLD:,} rows in the history\n")
            print("| what | CPU s, whole process | inside | server's CPU s | peak MB |")
            print("|---|--:|--:|--:|--:|")
            for what, figures, within in measure(server, count):
                print(f"| {what} | {figures.cpu:.2f} | {within} | {figures.server_cpu:.2f} | "
                      f"{figures.peak_mb:.0f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000])
