"""The launcher's answers about its runs; that it launches them is what the e2e tests show."""

import subprocess
import sys

import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.launcher.base import WorkerStatus
from dagster._core.test_utils import create_run_for_test

from provider_assets.orchestration.process.launcher import WarmRunLauncher
from provider_assets.settings import load_settings, use_settings

HOLDER = """
import sys
from pathlib import Path
from provider_assets.orchestration.process.liveness import hold
hold(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


ADDRESS = "provider_assets.orchestration.process.launcher"
FORMER = "provider_assets.orchestration.launcher"  # in homes that were made before


@pytest.fixture(params=[ADDRESS, FORMER])
def instance(tmp_path, request):
    use_settings(load_settings({"PROVIDER_ASSETS_HOME": str(tmp_path)}, None))
    (tmp_path / "dagster").mkdir()
    launcher = {"module": request.param, "class": "WarmRunLauncher"}
    with DagsterInstance.local_temp(
        str(tmp_path / "dagster"), overrides={"run_launcher": launcher}
    ) as instance:
        yield instance
    use_settings(None)


def test_health_of_a_run_is_that_of_its_process(instance, tmp_path):
    launcher = instance.run_launcher
    assert isinstance(launcher, WarmRunLauncher)
    run = create_run_for_test(instance, "import_roster", status=DagsterRunStatus.STARTED)
    assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "alive"), run.run_id]
    with subprocess.Popen(command, stdin=-1, stdout=-1) as worker:
        assert worker.stdout.readline() == b"held\n"
        assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
        worker.kill()
    assert launcher.check_run_worker_health(run).status == WorkerStatus.FAILED


def test_terminate_asks_a_run_that_works_and_no_other(instance):
    launcher = instance.run_launcher
    works = create_run_for_test(instance, "import_roster", status=DagsterRunStatus.STARTED)
    ended = create_run_for_test(instance, "import_roster", status=DagsterRunStatus.SUCCESS)
    assert launcher.terminate(works.run_id)
    assert instance.get_run_by_id(works.run_id).status == DagsterRunStatus.CANCELING
    assert not launcher.terminate(ended.run_id)
    assert not launcher.terminate("nobody")
