"""Runs on several machines: Celery's workers take them from a broker (the extra `workers`).

Dagster's own launcher for Celery does not learn that a worker was killed: the task stays started.
Here the run's own process is asked for (`presence.py`). Named in `deploy/workers/dagster.yaml`.
"""

from dagster import DagsterRun
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher

from provider_assets.orchestration.process.presence import PRESENT_TAG, is_gone

KILLED = "its worker was killed, or its machine went down"


class WatchedCeleryRunLauncher(CeleryRunLauncher):  # type: ignore[misc, unused-ignore]
    """Dagster's launcher for Celery, which knows of each run whether it lives."""

    beyond_this_machine = True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """By the run's own process where that has said that it lives, else by Celery's task.

        A task of which the broker knows nothing waits for a worker; how long a run may wait is
        `run_monitoring.start_timeout_seconds`.
        """
        if PRESENT_TAG in run.tags:
            if is_gone(run):
                return CheckRunHealthResult(WorkerStatus.FAILED, KILLED)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        told: CheckRunHealthResult = super().check_run_worker_health(run)
        if told.status == WorkerStatus.UNKNOWN:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return told
