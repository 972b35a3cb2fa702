"""How the steps of a run are executed: in the run's own process, unless its config says otherwise.

It stands on the definitions as a whole, so that every job has it: `import_roster`, the one that
Dagster makes for an asset's page and a backfill, and any selection. A process for each step would
cost five times the CPU of the whole run. The Launchpad still offers `multiprocess`.

The run's process holds the lock that says that the run lives, here and nowhere else: whichever
launcher started it, and whether the steps run in it or in processes below it.
"""

from collections.abc import Iterator
from contextlib import suppress

from dagster import (
    DagsterEvent,
    Executor,
    ExecutorDefinition,
    InitExecutorContext,
    multi_or_in_process_executor,
)
from dagster import Field as ConfigField
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.execution.step_dependency_config import StepDependencyConfig

from provider_assets.orchestration.process.liveness import alive_folder, hold
from provider_assets.settings import process_settings


class LivingExecutor(Executor):
    """Says that this process works on the run, and leaves the steps to another executor."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[DagsterEvent]:
        """The events of the steps, as the inner executor tells them."""
        if plan_context.instance.is_persistent:
            with suppress(OSError):  # to be known as alive is a help, not a need
                hold(alive_folder(process_settings().home), plan_context.run_id)
        yield from self._inner.execute(plan_context, execution_plan)

    @property
    def retries(self) -> RetryMode:
        """As the inner executor."""
        return self._inner.retries

    @property
    def step_dependency_config(self) -> StepDependencyConfig:
        """As the inner executor."""
        return self._inner.step_dependency_config


def _living(context: InitExecutorContext) -> Executor:
    create = multi_or_in_process_executor.executor_creation_fn
    assert create is not None  # noqa: S101  (Dagster's own always has one)
    return LivingExecutor(create(context))


_either = multi_or_in_process_executor.config_schema.as_field().config_type

roster_executor = ExecutorDefinition(
    name="in_process_or_multiprocess",
    config_schema=ConfigField(_either, default_value={"in_process": {}}),
    requirements=multi_or_in_process_executor.get_requirements,
    executor_creation_fn=_living,
    description="Executes the steps in the run's own process, or each in one of its own.",
)
