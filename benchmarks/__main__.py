"""`python -m benchmarks [--quick] [--sizes N…] [--only PART…]`: measure, then write the table.

A full run writes `RESULTS.md`; `--quick` (under three minutes) prints its table and leaves that
file alone. `--only` measures some parts anew and keeps the others' figures.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import comparison, growth, machine, registry, results, rooms, small
from benchmarks.contestants import DATA, HERE
from benchmarks.measure import say
from benchmarks.server import Server, private_server

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 100_000)
FOLDER = 1_000
QUICK_FOLDER = 30


def main(arguments: list[str]) -> None:
    chosen = _parse(arguments)
    DATA.mkdir(parents=True, exist_ok=True)
    store = DATA / ("results-quick.json" if chosen.quick else "results.json")
    with private_server() as server:
        results.keep("machine", machine.describe(server), store)
        for part, measure in _parts(chosen, store).items():
            if chosen.only is None or part in chosen.only:
                results.keep(part, measure(server), store)
    text = results.report(results.read(store))
    if chosen.quick:
        print(text)
    else:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
        say("written: benchmarks/RESULTS.md")


def _parts(chosen: argparse.Namespace, store: Path) -> dict[str, Callable[[Server], object]]:
    many = QUICK_FOLDER if chosen.quick else FOLDER
    parts: dict[str, Callable[[Server], object]] = {
        "comparison": lambda server: comparison.compare(
            server,
            chosen.sizes,
            quick=chosen.quick,
            keep=lambda figures: results.keep("comparison", figures, store),
        ),
        "small": lambda server: small.small(server, quick=chosen.quick),
        "folder": lambda server: small.folder_of_rosters(server, many),
    }
    if not chosen.quick or chosen.only:
        parts |= {
            "growth": growth.growth,
            "registry": lambda _: registry.measure(),
            "rooms": lambda _: rooms.rooms(),
        }
    return parts


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, few rounds")
    parser.add_argument("--sizes", type=int, nargs="+", help="rows of the rosters to compare")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=("comparison", "small", "folder", "growth", "registry", "rooms"),
    )
    chosen = parser.parse_args(arguments)
    chosen.sizes = chosen.sizes or list(QUICK_SIZES if chosen.quick else SIZES)
    return chosen


if __name__ == "__main__":
    main(sys.argv[1:])
