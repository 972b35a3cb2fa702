"""A load that was killed in its load step keeps nobody waiting who comes after it.

`PROVIDER_ASSETS_TEST_KILLS` says how many the slow lane kills, 20 without it.
"""

import json
import os
import subprocess
import sys

import pytest
from dagster import DagsterInstance

from provider_assets.orchestration.process.liveness import alive_folder
from provider_assets.orchestration.process.remains import lost_runs, places
from provider_assets.settings import process_settings
from provider_assets_tests.e2e.running import ROOT
from provider_assets_tests.orchestration.killed_loads import ROWS

SLOWER = 20.0  # seconds that the load after a kill may take more than an undisturbed one
KILLED = -9
KILLS = int(os.environ.get("PROVIDER_ASSETS_TEST_KILLS", "20"))


@pytest.mark.parametrize(
    "kills", [2, pytest.param(KILLS, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_load_after_a_kill_at_the_load_step_is_as_quick_as_ever(sqlite_home, kills):
    command = [sys.executable, "-m", "provider_assets_tests.orchestration.killed_loads"]
    ran = subprocess.run(
        [*command, str(sqlite_home.root), str(kills)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    rounds = json.loads(ran.stdout.splitlines()[-1])
    assert [each["killed"] for each in rounds] == [KILLED] * kills
    assert [each["statuses"] for each in rounds] == [[0, 0]] * kills, ran.stderr[-3000:]
    # those before were as long on a machine that others keep busy
    longest = max(each["before"] for each in rounds)
    assert max(each["seconds"] for each in rounds) < longest + SLOWER
    # the transaction of every other victim was done when it was killed
    assert len(sqlite_home.table()) == (2 * kills + kills // 2) * ROWS
    alive = alive_folder(process_settings().home)
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        assert (list(places(instance, alive)), lost_runs(instance, alive)) == ([], [])
