"""Whatever is killed whenever: every dropped roster ends in the table, once."""

import random
import time
from pathlib import Path

import pytest

from provider_assets_tests.e2e.rosters import write_roster
from provider_assets_tests.e2e.running import ROOT, Platform, kill, running

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

ROUNDS, ROSTERS, ROWS = 10, 20, 3
SEED = 20260302

# what is killed in a round: a word of the command line, or everything at once (the power fails)
VICTIMS = {
    "daemon": "service dagster._daemon run",
    "web server": "service dagster_webserver",
    "code server": "dagster api grpc",
    "code server's keeper": "service dagster code-server start",
    "run": "multiprocessing.forkserver",
    "parent": "provider_assets.cli dev",
    "everything": "",
}


@pytest.fixture
def platform(tmp_path, mysql_url):
    """The shipped dagster.yaml, but what it waits for minutes it waits for seconds."""
    home = tmp_path / "home"
    (home / "dagster").mkdir(parents=True)
    shipped = (ROOT / "dagster.yaml").read_text()
    for slow, quick in (
        ("start_timeout_seconds: 120", "start_timeout_seconds: 25"),
        ("poll_interval_seconds: 15", "poll_interval_seconds: 3"),
        ("free_slots_after_run_end_seconds: 10", "free_slots_after_run_end_seconds: 1"),
    ):
        assert slow in shipped
        shipped = shipped.replace(slow, quick)
    (home / "dagster" / "dagster.yaml").write_text(shipped)
    with running(Platform(home, mysql_url)) as platform:
        yield platform


def test_rosters_are_loaded_once_each_whatever_is_killed(platform):
    chance = random.Random(SEED)
    for number in range(ROUNDS):
        names = drop(platform, number)
        for victim in chance.sample(sorted(VICTIMS), 2):
            time.sleep(chance.uniform(1, 12))
            kill_one(platform, victim, chance)
            keep_up(platform)
        platform.wait(f"round {number}: the inbox is empty", lambda: is_done(platform), 400)
        files = platform.files("processed", "failed")
        assert [file for file in files if Path(file).stem.startswith(f"r{number}x")] == names
    total = ROUNDS * ROSTERS
    assert platform.query("SELECT COUNT(*), COUNT(DISTINCT PROV_NPI) FROM providerinfo") == [
        (total * ROWS, total * ROWS)
    ]
    assert platform.query(
        "SELECT state, COUNT(*), COUNT(DISTINCT sha256) FROM provider_import GROUP BY state"
    ) == [("loaded", total, total)]


def drop(platform: Platform, number: int) -> list[str]:
    """Twenty rosters of this round; the names that they have to end under."""
    aside = platform.home / "aside"
    aside.mkdir(exist_ok=True)
    names = []
    for roster in range(ROSTERS):
        name = f"r{number}x{roster:02d}.csv"
        write_roster(aside / name, number * ROSTERS + roster, ROWS).rename(
            platform.drop / "inbox" / name
        )
        names.append(f"processed/{name}")
    return names


def kill_one(platform: Platform, victim: str, chance: random.Random) -> None:
    """kill -9 for one process of this kind, if there is one now; for all of them at once."""
    pids = [pid for pid, line in platform.processes().items() if VICTIMS[victim] in line]
    for pid in pids if victim == "everything" else chance.sample(pids, min(1, len(pids))):
        kill(pid)


def keep_up(platform: Platform) -> None:
    """What a service manager does: when the main process is gone, end the rest and start anew."""
    time.sleep(1)
    if platform.process.poll() is None:
        return
    for pid in platform.processes():
        kill(pid)
    platform.process.wait()
    platform.start()


def is_done(platform: Platform) -> bool:
    keep_up(platform)
    return not platform.files("inbox")
