"""What Dagster shows of assets and their checks, after a run that an answer ended.

Dagster takes the run that last planned to make an asset for its latest, and says "Failed in" where
that run failed; of a check that the run planned and did not come to, it says "Execution failed". A
refused file changes no asset that was made before, so each is shown by the run that made it, and
each check by the run that judged it last. The refused run stands among the runs as it ended.
"""

from dagster import AssetKey, DagsterEvent, DagsterEventType, DagsterInstance
from dagster._core.events import AssetMaterializationPlannedData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable


def take_back_plans(instance: DagsterInstance, run_id: str) -> None:
    """Let Dagster show assets and checks as they were before a run that changed none of them."""
    hand_plans_back(instance, run_id)
    withdraw_checks(instance, run_id)


def hand_plans_back(instance: DagsterInstance, run_id: str) -> None:
    """Let the run that made an asset last be its latest, for each that `run_id` planned to make.

    What was never made stays as it is, and so does what a later run plans to make.
    """
    planned = instance.get_records_for_run(
        run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION_PLANNED
    ).records
    keys = (each.event_log_entry.dagster_event.asset_key for each in planned)  # type: ignore[union-attr]
    for key in filter(None, dict.fromkeys(keys)):
        _hand_back(instance, run_id, key)


def _hand_back(instance: DagsterInstance, run_id: str, key: AssetKey) -> None:
    latest = instance.get_latest_planned_materialization_info(key)
    made = instance.get_latest_materialization_event(key)
    if latest is None or latest.run_id != run_id or made is None or made.run_id == run_id:
        return
    before = instance.get_run_by_id(made.run_id)
    if before is not None:
        again = DagsterEvent(
            DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value,
            before.job_name,
            message=f"{key.to_user_string()} is as this run made it; a later roster was refused.",
            # of no partition: only which run the asset's page shows is meant
            event_specific_data=AssetMaterializationPlannedData(key, partition=None),
        )
        instance.report_dagster_event(again, made.run_id)


def withdraw_checks(instance: DagsterInstance, run_id: str) -> None:
    """Forget that `run_id` planned the checks that it has not come to.

    What it judged stays, and the run's own log keeps every plan. A check that runs after all is
    recorded as one that nobody planned.
    """
    planned = AssetCheckExecutionsTable.c
    with instance.event_log_storage.index_connection() as connection:  # type: ignore[attr-defined]
        connection.execute(
            AssetCheckExecutionsTable.delete().where(
                planned.run_id == run_id,
                planned.execution_status == AssetCheckExecutionRecordStatus.PLANNED.value,
            )
        )
