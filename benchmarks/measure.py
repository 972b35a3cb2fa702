"""Whole processes, one at a time and in turns: wall time, CPU seconds, peak memory.

The figures are the operating system's own account of the finished process and of all that it
started; peak memory is that of the largest single one of them. The turns A B C, A B C …
spread what else the machine does over all contestants alike.
"""

import contextlib
import ctypes
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAUSE = 1.0
BECOME_SUBREAPER = 36  # prctl(2): whoever loses its parent becomes our child, and is counted
QUIET = 1.0

seen: list[float] = []
"""How many processors others kept busy before each run of this process."""


@dataclass(frozen=True)
class Run:
    """One finished process with all that it started: seconds by the clock, CPU seconds, the
    database server's CPU seconds in the meantime, and peak memory in MB (10^6 bytes); before it,
    the load average and the `others`, as `noise` has them.
    """

    wall: float
    cpu: float
    server_cpu: float
    peak_mb: float
    load: float = 0.0
    others: float = 0.0


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
    load, others = noise()
    server, before = cpu_of(server_pid), _children()
    ctypes.CDLL(None).prctl(BECOME_SUBREAPER, 1)
    with (folder / "output.txt").open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=compiling(environment or os.environ),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        rest = _ended_since(before)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = (folder / "output.txt").read_text(errors="replace")[-2000:]
        what = " ".join(command[1:4])  # the rest may hold the server's password
        raise ProcessFailedError(f"{what}: ended with {process.returncode}\n{tail}")
    return Run(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime + sum(one.ru_utime + one.ru_stime for one in rest),
        server_cpu=cpu_of(server_pid) - server,
        peak_mb=max(one.ru_maxrss for one in (used, *rest)) * 1024 / 1e6,
        load=load,
        others=others,
    )


def noise() -> tuple[float, float]:
    """The load average of the last minute, in which what was measured last has its part, and how
    many processors others keep busy: those that work while this process does nothing.
    """
    busy, began = _busy_seconds(), time.perf_counter()
    time.sleep(PAUSE)
    others = (_busy_seconds() - busy) / (time.perf_counter() - began)
    seen.append(others)
    return os.getloadavg()[0], others


def _busy_seconds() -> float:
    """Seconds that all processors have worked until now; waiting for a disk is no work."""
    user, nice, system, _idle, _wait, *rest = map(int, _first_line("/proc/stat").split()[1:])
    return (user + nice + system + sum(rest[:3])) / TICK


def _first_line(path: str) -> str:
    with Path(path).open() as lines:
        return lines.readline()


def _ended_since(before: set[int]) -> list[resource.struct_rusage]:
    """What processes used that a command left running as it ended; they end of themselves."""
    used = []
    for child in _children() - before:
        with contextlib.suppress(ChildProcessError):
            used.append(os.wait4(child, 0)[2])
    return used


def _children() -> set[int]:
    """This process's children, by and by also those whose parents ended."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


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
    """Medians of every figure, the smallest and the largest time by the clock, the most noise."""
    figures = [asdict(one) for one in runs]
    medians = {name: statistics.median(one[name] for one in figures) for name in figures[0]}
    walls = [one["wall"] for one in figures]
    noisiest = {name: max(one[name] for one in figures) for name in ("load", "others")}
    return medians | noisiest | {"low": min(walls), "high": max(walls), "runs": len(walls)}


def say(line: str) -> None:
    """Tell the person who waits how far it is."""
    print(line, file=sys.stderr, flush=True)


def compiling(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would have Python compile its modules anew in every process."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


def cpu_of(pid: int | None) -> float:
    """CPU seconds that a running process has used until now."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
