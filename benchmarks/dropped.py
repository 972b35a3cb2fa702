"""What a platform that runs costs: rosters dropped under `provider-assets dev`, by the minute.

`python -m benchmarks.dropped [--one 10] [--many 150] [--memory 500]` prints five figures, all of
`dev` with its web server, daemon, code server and runs, on a private database server: CPU seconds
a second while nothing comes; seconds until one roster of ten rows is put away; its CPU seconds,
without what the waiting would have cost; rosters a second of many that are dropped at once; and
the resident memory of each process that lives on, after each hundred rosters. CPU seconds of the
database server are aside.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contestants import our_environment, ours
from benchmarks.measure import TICK, compiling, noise, say
from benchmarks.server import DATABASE, Server, private_server
from provider_assets_tests.e2e.rosters import write_roster
from provider_assets_tests.e2e.running import free_port

ROWS, HUNDRED, STILL = 10, 100, 20.0
PAGE = os.sysconf("SC_PAGE_SIZE") / 1e6
NAMES = {
    "forkserver": "fork server",
    "webserver": "web server",
    "dagster._daemon": "daemon",
    "api grpc": "code server",
    "nursery_process": "reader",
    "resource_tracker": "tracker",
    "provider_assets.cli": "dev",
}


class Platform:
    """`dev` in a home of its own, and its drop folder."""

    def __init__(self, home: Path, server: Server, pid: int) -> None:
        self.home, self.server, self.pid = home, server, pid
        self.sent = 0

    def drop(self, count: int) -> None:
        """So many new rosters, each of which appears whole."""
        inbox = self.home / "drop" / "inbox"
        for _ in range(count):
            path = write_roster(self.home / f"r{self.sent:04d}.csv", self.sent, ROWS)
            path.rename(inbox / path.name)
            self.sent += 1

    def wait(self) -> None:
        """Until every roster is put away, and every row is in the table."""
        inbox = self.home / "drop" / "inbox"
        _until(lambda: not any(inbox.glob("*.csv")), 3_600)
        found = self.server.run(f"SELECT COUNT(*) FROM {DATABASE}.providerinfo")
        assert found == [(self.sent * ROWS,)], found

    def cpu(self) -> Counter[str]:
        """CPU seconds until now, by process, with those of children that have ended."""
        return Counter({name: seconds for name, seconds, _ in self._processes()})

    def memory(self) -> dict[str, float]:
        """Resident MB of each process that is there."""
        return {name: resident for name, _, resident in self._processes()}

    def _processes(self) -> Iterator[tuple[str, float, float]]:
        seen: Counter[str] = Counter()
        family = {self.pid}
        for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda one: int(one.name)):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if not family.intersection((int(folder.name), int(fields[1]))) or fields[0] == "Z":
                continue
            family.add(int(folder.name))
            name = next((short for part, short in NAMES.items() if part in words), "other")
            seen[name] += 1
            numbered = name if seen[name] == 1 else f"{name} {seen[name]}"
            yield numbered, sum(map(int, fields[11:15])) / TICK, int(fields[21]) * PAGE


@contextmanager
def dev(server: Server) -> Iterator[Platform]:
    """A platform that has loaded two rosters."""
    server.empty_database()
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
        home = Path(temporary)
        with (home / "output.txt").open("wb") as output:
            process = subprocess.Popen(
                ours("dev", "--port", str(free_port())),
                cwd=home, env=compiling(our_environment(home, server.url)),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            platform = Platform(home, server, process.pid)
            _until((home / "drop" / "inbox").is_dir, 120)
            for _ in range(2):
                platform.drop(1)
                platform.wait()
            yield platform
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _until(holds: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(0.05)


def _spent(platform: Platform, act: Callable[[], None]) -> tuple[float, Counter[str]]:
    """Seconds by the clock and CPU seconds by process of an act."""
    before, began = platform.cpu(), time.perf_counter()
    act()
    seconds, after = time.perf_counter() - began, platform.cpu()
    return seconds, Counter({name: after[name] - before[name] for name in after})


def measure(platform: Platform, one: int, many: int, memory: int) -> None:
    """Print the figures."""
    say(f"load {noise()[0]:.2f} before")
    seconds, used = _spent(platform, lambda: time.sleep(STILL))
    idle = sum(used.values()) / seconds
    shares = ", ".join(f"{name} {cpu / seconds:.3f}" for name, cpu in used.most_common() if cpu)
    print(f"nothing comes: {idle:.3f} CPU s a second ({shares})")
    costs: list[float] = []
    waits: list[float] = []
    whose: Counter[str] = Counter()
    for _ in range(one):
        seconds, used = _spent(platform, lambda: waits.append(_one(platform)))
        costs.append(sum(used.values()) - idle * seconds)
        whose += used
    if costs:
        print(f"one roster: put away after {statistics.median(waits):.1f} s "
              f"({min(waits):.1f} to {max(waits):.1f}), median of {one}")  # fmt: skip
        shares = ", ".join(f"{name} {cpu / one:.2f}" for name, cpu in whose.most_common())
        print(f"one roster: {statistics.median(costs):.2f} CPU s, median of {one}; with what the "
              f"waiting costs {shares}")  # fmt: skip
    if many:
        seconds, used = _spent(platform, lambda: _many(platform, many))
        shares = ", ".join(f"{name} {cpu / many:.2f}" for name, cpu in used.most_common() if cpu)
        print(f"{many} dropped at once: {many / seconds:.2f} a second; CPU s of each: {shares}")
    lines = []
    for _ in range(0, memory, HUNDRED):
        _many(platform, HUNDRED)
        time.sleep(5)
        lines.append(platform.memory())
    for name in lines[0] if lines else ():
        by_hundred = [line[name] for line in lines if name in line]
        if len(by_hundred) == len(lines):
            values = " ".join(f"{value:.0f}" for value in by_hundred)
            print(f"{name}: {values} MB, last over first {by_hundred[-1] / by_hundred[0]:.2f}")


def _one(platform: Platform) -> float:
    """One roster, and what follows its run; how many seconds until it is put away."""
    began = time.perf_counter()
    _many(platform, 1)
    took = time.perf_counter() - began
    time.sleep(3)  # alerts and pages
    return took


def _many(platform: Platform, count: int) -> None:
    platform.drop(count)
    platform.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dropped", description=__doc__)
    parser.add_argument("--one", type=int, default=10)
    parser.add_argument("--many", type=int, default=150)
    parser.add_argument("--memory", type=int, default=500)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or `dev` would outlive it
    with private_server() as private, dev(private) as running:
        measure(running, given.one, given.many, given.memory)
