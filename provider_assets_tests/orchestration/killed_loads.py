"""Loads in a home, each in a process of its own, every other one killed in its load step.

    python -m provider_assets_tests.orchestration.killed_loads FOLDER ROUNDS

Prints for each round, as JSON, how the load after the kill ended, the seconds that it took and
those of a load before the kill, which nothing disturbed. This
process imports everything once and then only forks: it has no threads and no connections.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import provider_assets.orchestration.command.runs
import provider_assets.orchestration.process.warm  # noqa: F401
from provider_assets.cli import main
from provider_assets.orchestration import resources
from provider_assets_tests.e2e.rosters import write_roster

ROWS = 3
MOMENTS = ("before", "after")  # the transaction


def load(path: Path, kill: str = "") -> tuple[float, int]:
    """Load a file; how long it took, and what its process ended with."""
    began = time.monotonic()
    child = os.fork()
    if not child:
        if kill:
            _be_killed(kill)
        main(["load", str(path)])
        os._exit(99)
    _, status = os.waitpid(child, 0)
    return time.monotonic() - began, os.waitstatus_to_exitcode(status)


def _be_killed(moment: str) -> None:
    usual = resources.load_providers

    def killed(*given: object) -> object:
        if moment == "after":
            usual(*given)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("still alive")

    resources.load_providers = killed


def rounds(folder: Path, count: int) -> list[dict]:
    """Load one undisturbed, kill one, and load another one, so many times."""
    told = []
    for number in range(1, count + 1):
        undisturbed = load(write_roster(folder / f"before{number}.csv", 3 * number, ROWS))
        moment = MOMENTS[number % len(MOMENTS)]
        victim = write_roster(folder / f"victim{number}.csv", 3 * number + 1, ROWS)
        killed = load(victim, moment)[1]
        seconds, status = load(write_roster(folder / f"next{number}.csv", 3 * number + 2, ROWS))
        told.append(
            {
                "before": undisturbed[0],
                "killed": killed,
                "seconds": seconds,
                "statuses": [undisturbed[1], status],
            }
        )
    return told


if __name__ == "__main__":
    print(json.dumps(rounds(Path(sys.argv[1]), int(sys.argv[2]))), file=sys.__stdout__, flush=True)
