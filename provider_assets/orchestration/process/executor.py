"""How the steps of a run are executed: in the run's own process, unless its config says otherwise.

It stands on the definitions as a whole, so that every job has it: `import_roster`, the one that
Dagster makes for an asset's page and a backfill, and any selection. A process for each step would
cost five times the CPU of the whole run. The Launchpad still offers `multiprocess`.

The run's process holds the lock that says that the run lives, here and nowhere else: whichever
launcher started it, and whether the steps run in it or in processes below it.
"""

from dagster import (
    Executor,
    ExecutorDefinition,
    InitExecutorContext,
    multi_or_in_process_executor,
)
from dagster import Field as ConfigField

from provider_assets.orchestration.process.fence import ours_or_own

PART = "the executor that tells which runs live"


def _living(context: InitExecutorContext) -> Executor:
    create = multi_or_in_process_executor.executor_creation_fn
    assert create is not None  # noqa: S101  (Dagster's own always has one)
    chosen = create(context)

    def with_its_lock() -> Executor:
        from provider_assets.orchestration.process.living import living

        return living(chosen)

    return ours_or_own(PART, with_its_lock, lambda: chosen)


_either = multi_or_in_process_executor.config_schema.as_field().config_type

roster_executor = ExecutorDefinition(
    name="in_process_or_multiprocess",
    config_schema=ConfigField(_either, default_value={"in_process": {}}),
    requirements=multi_or_in_process_executor.get_requirements,
    executor_creation_fn=_living,
    description="Executes the steps in the run's own process, or each in one of its own.",
)
