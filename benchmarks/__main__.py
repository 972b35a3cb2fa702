"""`python -m benchmarks [--quick] [--sizes N…] [--only PART…]`: measure, then write the table.

A full run writes `RESULTS.md`, unless something else was at work: a load average above 1 as it
begins, or more than one processor kept busy by others before any of its runs. `--quick` (under
three minutes) prints its table and leaves that file alone. `--only` measures some parts anew and
keeps the others' figures.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import comparison, growth, machine, registry, results, rooms, small
from benchmarks.contestants import DATA, HERE
from benchmarks.measure import noise, say, seen
from benchmarks.server import Server, private_server

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 100_000)
FOLDER = 200
QUICK_FOLDER = 30


def main(arguments: list[str]) -> None:
    chosen = _parse(arguments)
    DATA.mkdir(parents=True, exist_ok=True)
    before = os.getloadavg()[0]
    store = DATA / ("results-quick.json" if chosen.quick else "results.json")
    with private_server() as server:
        results.keep("machine", machine.describe(server), store)
        for part, measure in _parts(chosen, store).items():
            if chosen.only is None or part in chosen.only:
                seen.clear()
                noise()
                results.keep(part, measure(server), store)
                results.keep_noise(part, before, max(seen), store)
    text = results.report(results.read(store))
    noisy = results.noisy(results.read(store))
    if noisy:
        say(f"not written, since other work was under way: {noisy}; its table is printed")
    if chosen.quick or noisy:
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
        "folder": lambda server: small.folder_of_rosters(server, many, 1 if chosen.quick else 3),
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
