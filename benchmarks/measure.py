"""Whole processes, one at a time and in turns: wall time, CPU seconds, peak memory.

The figures are the operating system's own account of the finished process and of every child that
it waited for; peak memory is that of the largest single one of them. The turns A B C, A B C …
spread what else the machine does over all contestants alike.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """One finished process: seconds by the clock, CPU seconds, the database server's CPU seconds
    in the meantime, and peak memory in MB (10^6 bytes).
    """

    wall: float
    cpu: float
    server_cpu: float
    peak_mb: float


class ProcessFailedError(Exception):
    """A measured process did not end well: its figures are worth nothing."""


def run(
    command: list[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    server_pid: int | None = None,
) -> Run:
    """Run a command in `folder` to its end; its output goes to `folder/output.txt`."""
    before = _cpu_of(server_pid)
    with (folder / "output.txt").open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=_compiling(environment or os.environ),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = (folder / "output.txt").read_text(errors="replace")[-2000:]
        what = " ".join(command[1:4])  # the rest may hold the server's password
        raise ProcessFailedError(f"{what}: ended with {process.returncode}\n{tail}")
    return Run(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        server_cpu=_cpu_of(server_pid) - before,
        peak_mb=used.ru_maxrss * 1024 / 1e6,
    )


def in_turns(
    contestants: Mapping[str, Callable[[], Run]], rounds: Mapping[str, int]
) -> dict[str, list[Run]]:
    """Call each contestant in turn until each has had its number of rounds."""
    runs: dict[str, list[Run]] = {name: [] for name in contestants}
    for turn in range(max(rounds.values())):
        for name, contestant in contestants.items():
            if turn < rounds[name]:
                figures = contestant()
                runs[name].append(figures)
                say(f"  {name}: {figures.wall:.2f} s, {figures.peak_mb:.0f} MB")
    return runs


def summary(runs: Iterable[Run]) -> dict[str, float]:
    """Medians of every figure, and the smallest and the largest time by the clock."""
    figures = [asdict(one) for one in runs]
    medians = {name: statistics.median(one[name] for one in figures) for name in figures[0]}
    walls = [one["wall"] for one in figures]
    return medians | {"low": min(walls), "high": max(walls), "runs": len(walls)}


def say(line: str) -> None:
    """Tell the person who waits how far it is."""
    print(line, file=sys.stderr, flush=True)


def _compiling(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would have Python compile its modules anew in every process."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _cpu_of(pid: int | None) -> float:
    """CPU seconds that a running process has used until now."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
