"""The peers and us at each size, in turns, on one server."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.contestants import CONTESTANTS, DATA, OURS, Contestant, load_once, peers_python
from benchmarks.measure import in_turns, say, summary
from benchmarks.server import Server

Figures = dict[str, dict[str, dict[str, float]]]  # size, contestant, figure

ROUNDS = {1_000: 5, 10_000: 5, 100_000: 5, 1_000_000: 3}
QUICK_ROUNDS = {1_000: 2, 10_000: 1, 100_000: 1}
SLOW = {"luigi": 1, "dlt": 3, "dlt-frames": 3}  # at most so many rounds from 100k rows
FEW = 1  # rounds of the slow ones at a million rows
QUICK_WITHOUT = ("luigi", "dlt-frames")  # above 10k rows


def compare(
    server: Server, sizes: list[int], *, quick: bool, keep: Callable[[Figures], None]
) -> Figures:
    """Medians of every contestant at every size: `{size: {contestant: summary}}`.

    `keep` is called after every size with what there is by then.
    """
    make_rosters(sizes)
    peers_python()
    warm_up(server)
    figures: Figures = {}
    for size in sizes:
        rounds = {
            one.name: _rounds(one, size, quick=quick)
            for one in CONTESTANTS
            if size <= one.largest and not (quick and size > 10_000 and one.name in QUICK_WITHOUT)
        }
        say(f"{size:,} rows")
        runs = in_turns(
            {
                one.name: partial(load_once, one, roster(size), expected(size), server)
                for one in CONTESTANTS
                if one.name in rounds
            },
            rounds,
        )
        figures[str(size)] = {name: summary(list_of) for name, list_of in runs.items()}
        keep(figures)
    return figures


def make_rosters(sizes: list[int]) -> None:
    """Make the rosters that are missing, in a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.rosters", str(DATA), *map(str, sizes)], check=True
    )


def roster(size: int) -> Path:
    """Where the roster of a size stands."""
    return DATA / f"roster-{size}.xlsx"


def expected(size: int) -> list[int]:
    """The fingerprint of the rows that its table has to hold."""
    found: list[int] = json.loads((DATA / f"roster-{size}.json").read_text(encoding="utf-8"))
    return found


def warm_up(server: Server) -> None:
    """Everybody once, uncounted: byte code is compiled and libraries are in the page cache."""
    make_rosters([10])
    for one in CONTESTANTS:
        load_once(one, roster(10), expected(10), server)


def _rounds(one: Contestant, size: int, *, quick: bool) -> int:
    rounds = (QUICK_ROUNDS if quick else ROUNDS).get(size, 3)
    if one.name not in SLOW or size < 100_000:
        return rounds
    return min(rounds, SLOW[one.name] if size < 1_000_000 else FEW)


__all__ = ["OURS", "compare", "expected", "make_rosters", "roster", "warm_up"]
