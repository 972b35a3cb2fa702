"""Runs on several machines: Celery's workers take them from a broker (the extra `workers`).

Dagster's own launcher for Celery does not learn that a worker was killed: the task stays started.
Here the run's own process is asked for (`presence.py`). Named in `deploy/workers/dagster.yaml`.
"""

from dagster import DagsterRun, DagsterRunStatus
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from provider_assets.orchestration.process.presence import PRESENT_TAG, is_gone

KILLED = "its worker was killed, or its machine went down"
NOT_BEGUN = "It was taken back before a worker began it."


class WatchedCeleryRunLauncher(CeleryRunLauncher):  # type: ignore[misc, unused-ignore]
    """Dagster's launcher for Celery, which knows of each run whether it lives."""

    beyond_this_machine = True

    @property
    def supports_resume_run(self) -> bool:
        """No: a roster is taken from its beginning, by the sensor."""
        return False

    def terminate(self, run_id: str) -> bool:
        """Ask the run to end: its process sees that it is canceled, and undoes what it was about.

        Celery's own way kills the process: the run would stay *Started*, with its place in a pool.
        """
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        if run.status != DagsterRunStatus.STARTED and PRESENT_TAG not in run.tags:
            if DAGSTER_CELERY_TASK_ID_TAG in run.tags:
                self.celery.AsyncResult(run.tags[DAGSTER_CELERY_TASK_ID_TAG]).revoke()
            self._instance.report_run_canceled(run, NOT_BEGUN)
        return True

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
