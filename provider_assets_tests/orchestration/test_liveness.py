"""A run's process says that it lives by a lock that the kernel lets go of."""

import signal
import subprocess
import sys

from provider_assets.orchestration.liveness import bury, hold, is_dead, let_go

WORKER = """
import sys, time
from pathlib import Path
from provider_assets.orchestration.liveness import hold
hold(Path(sys.argv[1]), "run-1")
print("held", flush=True)
time.sleep(60)
"""


def test_run_whose_process_was_killed_is_dead(tmp_path):
    with subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)], stdout=-1) as worker:
        assert worker.stdout.readline() == b"held\n"
        assert is_dead(tmp_path, "run-1") is False
        worker.send_signal(signal.SIGKILL)
    assert is_dead(tmp_path, "run-1") is True
    bury(tmp_path, "run-1")
    assert is_dead(tmp_path, "run-1") is None


def test_run_that_ended_in_peace_leaves_nothing(tmp_path):
    hold(tmp_path, "run-2")
    hold(tmp_path, "run-2")
    assert is_dead(tmp_path, "run-2") is False
    let_go(tmp_path, "run-2")
    let_go(tmp_path, "run-2")
    assert list(tmp_path.iterdir()) == []
