"""Rosters while workers, broker and daemon are killed in turn: each once, and nothing is stuck.

`PROVIDER_ASSETS_TEST_ROSTERS` says how many, 12 without it; from 60 on each is killed twice.
"""

import os
import random
import time
from dataclasses import dataclass, field

import pytest

from provider_assets_tests.e2e.fleet import Fleet, fleet_at
from provider_assets_tests.e2e.rosters import npis, write_roster

pytestmark = [pytest.mark.e2e, pytest.mark.mysql, pytest.mark.timeout(2400)]

ROSTERS = int(os.environ.get("PROVIDER_ASSETS_TEST_ROSTERS", "12"))
ROWS = 3
SEED = 20261128
STUCK = 120.0  # seconds for which a run that was launched may say the same
VICTIMS = ("worker1", "worker2", "pool of worker1", "pool of worker2", "redis", "daemon", "code")
BUSY = ("STARTING", "STARTED", "CANCELING")


@dataclass
class Watch:
    """How long each run has said the same; the longest of all is what counts."""

    since: dict[str, tuple[str, float]] = field(default_factory=dict)
    longest: float = 0.0

    def look(self, fleet: Fleet) -> None:
        now = time.monotonic()
        for run, status in fleet.runs().items():
            if self.since.get(run, ("", 0.0))[0] != status:
                self.since[run] = (status, now)
            if status in BUSY:
                self.longest = max(self.longest, now - self.since[run][1])


@pytest.fixture
def fleet(tmp_path, mysql_server):
    with fleet_at(tmp_path, mysql_server) as fleet:
        yield fleet


def test_each_roster_is_loaded_once_and_nothing_is_stuck(fleet):
    chance, watch = random.Random(SEED), Watch()
    names = [f"r{number:02d}.csv" for number in range(ROSTERS)]
    for number, name in enumerate(names):
        content = write_roster(fleet.folder / name, number, ROWS).read_bytes()
        fleet.send(name, content)
    next_kill, killed = time.monotonic() + 10, list(VICTIMS) * max(1, ROSTERS // 30)

    def is_done() -> bool:
        nonlocal next_kill
        fleet.keep_up()
        watch.look(fleet)
        if killed and time.monotonic() > next_kill:
            kill(fleet, killed.pop(chance.randrange(len(killed))))
            next_kill = time.monotonic() + chance.uniform(8, 15)
        return not killed and not fleet.names("inbox")

    fleet.wait("every roster is put away", is_done, 1800)
    assert [name for name in fleet.names("processed") if name in names] == names
    assert fleet.names("failed") == []
    wanted = sorted(npi for number in range(ROSTERS) for npi in npis(number, ROWS))
    found = fleet.query("SELECT PROV_NPI FROM providerinfo ORDER BY PROV_NPI")
    assert [npi for (npi,) in found] == wanted
    assert fleet.query(
        "SELECT state, COUNT(*), COUNT(DISTINCT sha256) FROM provider_import GROUP BY state"
    ) == [("loaded", ROSTERS, ROSTERS)]
    returned = [name for name in fleet.names("returns") if name.endswith(".csv")]
    assert len(returned) == ROSTERS
    print(f"longest that a run said the same: {watch.longest:.0f} s; {len(fleet.runs())} runs")
    assert watch.longest < STUCK, fleet.logs()


def kill(fleet: Fleet, victim: str) -> None:
    """SIGKILL; what is killed is started again by the next `keep_up`."""
    if victim.startswith("pool of "):
        fleet.kill_pool(victim.removeprefix("pool of "))
    else:
        fleet.kill(victim)
