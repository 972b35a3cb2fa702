"""A run's process says that it lives by a lock that the kernel lets go of."""

import signal
import subprocess
import sys

import pytest

from provider_assets.orchestration.process.liveness import hold, is_dead, sweep

WORKER = """
import sys
from pathlib import Path
from provider_assets.orchestration.process.liveness import hold
for run_id in sys.argv[2:]:
    hold(Path(sys.argv[1]), run_id)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def worker(tmp_path):
    """Starts a process that works on one run after another, and ends it."""
    started = []

    def start(*run_ids):
        command = [sys.executable, "-c", WORKER, str(tmp_path), *run_ids]
        process = subprocess.Popen(command, stdin=-1, stdout=-1)
        started.append(process)
        assert process.stdout.readline() == b"held\n"
        return process

    yield start
    for process in started:
        with process:
            process.kill()


def test_run_whose_process_was_killed_is_dead(tmp_path, worker):
    process = worker("run-1")
    assert is_dead(tmp_path, "run-1") is False
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert is_dead(tmp_path, "run-1") is True


def test_run_that_never_said_a_word_is_not_called_dead(tmp_path):
    assert is_dead(tmp_path, "run-1") is None


def test_process_with_many_runs_holds_the_one_it_works_on(tmp_path, worker):
    worker("run-1", "run-2")
    assert [is_dead(tmp_path, run_id) for run_id in ("run-1", "run-2")] == [None, False]


def test_hold_of_the_same_run_twice_is_once(tmp_path):
    hold(tmp_path, "run-9")
    hold(tmp_path, "run-9")
    assert is_dead(tmp_path, "run-9") is False


def test_hold_of_what_another_process_holds_ends_at_once_and_says_so(tmp_path, worker):
    process = worker("run-1")
    assert hold(tmp_path, "run-1") is False
    process.kill()
    process.wait()
    assert hold(tmp_path, "run-1") is True


def test_sweep_removes_what_ended_runs_left_and_nothing_else(tmp_path, worker):
    worker("works")
    for run_id in ("killed", "long gone"):
        process = worker(run_id)
        process.kill()
        process.wait()
    sweep(tmp_path / "missing", [])
    sweep(tmp_path, ["killed"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed", "works"]


def test_process_that_ends_in_peace_leaves_nothing(tmp_path, worker):
    worker("run-1").communicate()
    assert list(tmp_path.iterdir()) == []
