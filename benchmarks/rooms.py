"""Runs the benchmarks of single rooms, each a module of its own that prints what it found."""

import subprocess
import sys
from pathlib import Path

from benchmarks.measure import say

ROOMS = ("reading", "loading", "reports")


def rooms() -> dict[str, str]:
    """What each room's benchmark prints."""
    told = {}
    for room in ROOMS:
        if (Path(__file__).parent / f"{room}.py").exists():
            say(f"the room {room}")
            done = subprocess.run(
                [sys.executable, "-m", f"benchmarks.{room}"],
                check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            told[room] = f"```\n{done.stdout.strip()}\n```"
    return told
