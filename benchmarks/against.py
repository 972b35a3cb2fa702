"""`python -m benchmarks.against CHECKOUT [--rosters N] [--rounds N]`: a folder of ten-row rosters
through `load` of this checkout and of another one, in turns.

Prints medians, spreads, the noise, and the ratio; the packages are those of this checkout.
"""

import argparse
from functools import partial
from pathlib import Path

from benchmarks.contestants import DATA
from benchmarks.measure import in_turns, summary
from benchmarks.results import folder
from benchmarks.server import private_server
from benchmarks.small import TREE, load_folder, make_folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.against", description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--rosters", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    rosters = DATA / f"folder-{chosen.rosters}"
    make_folder(rosters, chosen.rosters)
    trees = {"this": TREE, "the other": chosen.checkout.resolve()}
    with private_server() as server:
        loads = {
            name: partial(load_folder, server, rosters, tree=tree) for name, tree in trees.items()
        }
        runs = in_turns(loads, dict.fromkeys(loads, chosen.rounds))
    count = chosen.rosters
    told = {name: summary(figures) for name, figures in runs.items()}
    for one in told.values():
        one |= {"rosters": count, "a_second": count / one["wall"]}
    print("\n".join(folder(told)))
    print(f"\n{told['the other']['wall'] / told['this']['wall']:.2f} times as many a second")


if __name__ == "__main__":
    main()
