"""What each part that leans on a library's inside still gains: the command with it and without it.

`python -m benchmarks.gains [ROUNDS] [ROWS]` loads rosters through the command line on SQLite, in
turns, in homes that were used before. It prints medians of processor seconds and of peak memory:
for the storage that keeps Dagster's files open with one roster and with eight of ten rows, for the
memory that goes back to the system with one roster of ROWS rows as delimited text. What gains less
than a tenth goes (docs/decisions).
"""

import csv
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Run, in_turns, run

ROUNDS, ROWS = 5, 200_000
TENTH = 0.1
LOAD = "import sys; from provider_assets.cli import main; sys.argv[1:1] = ['load']; main()"
WITHOUT = {
    "storage": "import provider_assets.orchestration.process.storage as it; "
    "it.keep_open = lambda ref: ref; ",
    "memory": "import provider_assets.orchestration.process.memory as it; "
    "it.give_memory_back = lambda: None; ",
}


def main(arguments: list[str]) -> None:
    rounds = int(arguments[0]) if arguments else ROUNDS
    rows = int(arguments[1]) if len(arguments) > 1 else ROWS
    print(f"{rounds} rounds, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for part, told, what, rosters in (
            ("storage", "one roster", "cpu", lambda turn: _small(place, turn, 1)),
            ("storage", "eight rosters", "cpu", lambda turn: _small(place, turn, 8)),
            (
                "memory",
                f"{rows:,} rows",
                "peak_mb",
                lambda turn: [_roster(place / f"{turn}.csv", turn * rows, rows)],
            ),
        ):
            _tell(f"{part}, {told}, {what}", what, _measure(place, part, rosters, rounds))


def _measure(
    place: Path, part: str, rosters: Callable[[int], list[Path]], rounds: int
) -> dict[str, list[Run]]:
    turns = iter(range(2 * rounds + 2))

    def loading(before: str) -> Callable[[], Run]:
        home = Path(tempfile.mkdtemp(dir=place))
        environment = {**os.environ, "PROVIDER_ASSETS_HOME": str(home)}

        def once() -> Run:
            files = [str(path) for path in rosters(next(turns))]
            command = [sys.executable, "-c", before + LOAD, *files]
            return run(command, folder=home, environment=environment)

        once()  # a home that was used before
        return once

    ways = {"with": loading(""), "without": loading(WITHOUT[part])}
    return in_turns(ways, dict.fromkeys(ways, rounds))


def _small(place: Path, turn: int, count: int) -> list[Path]:
    """Rosters of ten rows that nobody has sent before."""
    first = count * 1_000_000 + turn * count * 10
    return [
        _roster(place / f"{turn}-{count}-{number}.csv", first + number * 10, 10)
        for number in range(count)
    ]


def _roster(path: Path, first: int, rows: int) -> Path:
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["Provider First Name", "Provider Last Name", "Provider Name", "NPI", "CDO"])
        for number in range(first, first + rows):
            lines.writerow([f"Ada{number}", "Quimby", f"Quimby, Ada{number}", _npi(number), "HOSP"])
    return path


def _npi(number: int) -> str:
    """A made-up NPI with a right check digit; every NPI issued so far starts with 1."""
    nine = f"2{number:08d}"
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(nine)]
    total = 24 + sum(digit // 10 + digit % 10 for digit in doubled)
    return f"{nine}{-total % 10}"


def _tell(name: str, what: str, runs: dict[str, list[Run]]) -> None:
    middle = {
        way: statistics.median(getattr(one, what) for one in each) for way, each in runs.items()
    }
    saved = 1 - middle["with"] / middle["without"]
    told = "" if saved >= TENTH else ", less than a tenth"
    both = ", ".join(f"{way} {value:.2f}" for way, value in middle.items())
    print(f"{name}: {both}: {saved:.0%} saved{told}")


if __name__ == "__main__":
    main(sys.argv[1:])
