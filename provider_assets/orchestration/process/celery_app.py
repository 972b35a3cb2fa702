"""What a Celery worker runs: `celery -A provider_assets.orchestration.process.celery_app worker`.

The broker is the one that `dagster.yaml` names for the launcher. A worker imports everything before
it forks, so that a run starts at once.
"""

from contextlib import suppress
from typing import Any

from celery import Task  # type: ignore[import-untyped, unused-ignore]
from dagster import DagsterInstance
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import unpack_value
from dagster._utils.interrupts import capture_interrupts
from dagster_celery.tasks import create_execute_job_task

import provider_assets.orchestration.process.warm  # noqa: F401
from provider_assets.orchestration.configured import sweep_leftovers
from provider_assets.orchestration.process.celery import WatchedCeleryRunLauncher
from provider_assets.orchestration.process.presence import said
from provider_assets.settings import process_settings

UNKNOWN = (
    "The database server did not learn that this run lives, so it has not begun: were its worker "
    "killed, nobody would know. It is tried again."
)


class RunTask(Task):  # type: ignore[misc, unused-ignore]
    """A run: known to the database server before it begins, and ending in peace when asked to."""

    def __call__(self, *, execute_job_args_packed: Any) -> Any:
        """Work on the run; its Celery task ends well where it did.

        First what a run left on this machine that was killed is swept: no sensor looks here.
        """
        with suppress(OSError):
            sweep_leftovers(process_settings())
        run_id = unpack_value(execute_job_args_packed, ExecuteRunArgs).run_id
        with (
            capture_interrupts(),
            DagsterInstance.get() as instance,
            said(instance, run_id) as may_begin,
        ):
            if may_begin:
                return super().__call__(execute_job_args_packed=execute_job_args_packed)
            run = instance.get_run_by_id(run_id)
            if run is not None and not run.is_finished:
                instance.report_run_failed(run, UNKNOWN)
            return 1


with DagsterInstance.get() as _instance:  # and no connection is open when it forks
    _launcher = _instance.run_launcher
    assert isinstance(_launcher, WatchedCeleryRunLauncher), "dagster.yaml names another launcher"  # noqa: S101
    app = _launcher.celery

execute_job = create_execute_job_task(app, base=RunTask)  # type: ignore[arg-type, unused-ignore]
