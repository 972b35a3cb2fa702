"""What a Celery worker runs: `celery -A provider_assets.orchestration.process.celery_app worker`.

The broker is the one that `dagster.yaml` names for the launcher. A worker imports everything before
it forks, so that a run starts at once.
"""

from dagster import DagsterInstance
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

import provider_assets.orchestration.process.warm  # noqa: F401
from provider_assets.orchestration.process.celery import WatchedCeleryRunLauncher

with DagsterInstance.get() as _instance:  # and no connection is open when it forks
    _launcher = _instance.run_launcher
    assert isinstance(_launcher, WatchedCeleryRunLauncher), "dagster.yaml names another launcher"  # noqa: S101
    app = _launcher.celery

execute_job = create_execute_job_task(app)
resume_job = create_resume_job_task(app)
