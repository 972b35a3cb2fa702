"""A reader that is killed from outside under `provider-assets dev` is no fault of its file's."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from provider_assets_tests.e2e.rosters import write_roster
from provider_assets_tests.e2e.running import Platform, kill, running

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ROWS = 9_000
NURSERY = "provider_assets.reading.nursery"


def test_roster_whose_reader_is_killed_loads_all_the_same(tmp_path, sqlite_url):
    with running(Platform(tmp_path / "home", sqlite_url)) as platform:
        aside = write_roster(tmp_path / "big.csv", 1, ROWS)
        aside.rename(platform.drop / "inbox" / "big.csv")
        killed = kill_a_reader(platform, 120)
        platform.wait("the inbox is empty", lambda: not platform.files("inbox"))
        assert (killed, platform.files("processed", "failed")) == (True, ["processed/big.csv"])
        assert platform.query("SELECT state, rows_inserted FROM provider_import") == [
            ("loaded", ROWS)
        ]


def kill_a_reader(platform: Platform, seconds: float) -> bool:
    """kill -9 for the first process that reads a file for this platform; whether there was one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for nursery in nurseries(platform):
            for reader in children(nursery):
                kill(reader)
                return True
    return False


def nurseries(platform: Platform) -> list[int]:
    """The processes that readers are forked from, below those of the platform."""
    ours = {child for pid in platform.processes() for child in children(pid)}
    return [pid for pid in ours if NURSERY in command_line(pid)]


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def command_line(pid: int) -> str:
    """What a process was started as."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return ""
