"""What our executor does otherwise than Dagster's own, on Dagster's private side.

Where that is another one, `executor` does without.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

from dagster import DagsterEvent, DagsterInstance, DagsterRunStatus, Executor
from dagster._core.execution.api import ExecuteRunWithPlanIterable
from dagster._core.execution.context.system import (
    PlanExecutionContext,
    PlanOrchestrationContext,
)
from dagster._core.execution.context_creation_job import PlanExecutionContextManager
from dagster._core.execution.plan.execute_plan import inner_plan_execution_iterator
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.execution.step_dependency_config import StepDependencyConfig
from dagster._core.executor.in_process import InProcessExecutor

from provider_assets.orchestration.partitions import CHOOSE_A_ROSTER, PARTITION_TAG, RANGE_TAG
from provider_assets.orchestration.process.answers import AnswerError
from provider_assets.orchestration.process.liveness import alive_folder, ending_when_asked, hold
from provider_assets.orchestration.process.plans import take_back_plans
from provider_assets.orchestration.process.presence import is_beyond_this_machine, said
from provider_assets.orchestration.process.slots import Slots
from provider_assets.settings import process_settings

NOT_AGAIN = {"dagster/max_retries": "0"}  # Dagster's own tag


def living(chosen: Executor) -> Executor:
    """The executor that a run's config chose, with what we do otherwise."""
    if isinstance(chosen, InProcessExecutor):
        chosen = OneProcess(chosen.retries, chosen.step_dependency_config)
    return LivingExecutor(chosen)


class LivingExecutor(Executor):
    """Says that this process works on the run, and leaves the steps to another executor.

    A run of rosters' assets that names no roster ends here with one sentence: Dagster would find
    out in its own middle, in words of its own.
    """

    def __init__(self, inner: Executor) -> None:
        self._inner = inner

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[DagsterEvent]:
        """The events of the steps, as the inner executor tells them.

        Raises AnswerError where a roster has to be chosen first.
        """
        if _lacks_a_roster(plan_context):
            _leave_no_trace(plan_context.instance, plan_context.run_id)
            raise AnswerError(CHOOSE_A_ROSTER, {})
        if not plan_context.instance.is_persistent:
            yield from self._inner.execute(plan_context, execution_plan)
            return
        alive, run_id = alive_folder(process_settings().home), plan_context.run_id
        with suppress(OSError):  # to be known as alive is a help, not a need
            hold(alive, run_id)
        ending = ending_when_asked(alive, run_id, elsewhere=_canceled(plan_context))
        with said(plan_context.instance, run_id), ending:
            yield from self._inner.execute(plan_context, execution_plan)

    @property
    def retries(self) -> RetryMode:
        """As the inner executor."""
        return self._inner.retries

    @property
    def step_dependency_config(self) -> StepDependencyConfig:
        """As the inner executor."""
        return self._inner.step_dependency_config


def _canceled(plan_context: PlanOrchestrationContext) -> Callable[[], bool]:
    """Whether Dagster's storage says so: on another machine nobody sees our file."""
    instance, run_id = plan_context.instance, plan_context.run_id
    if not is_beyond_this_machine(instance):
        return lambda: False

    def is_canceled() -> bool:
        run = instance.get_run_by_id(run_id)
        return run is not None and run.status == DagsterRunStatus.CANCELING

    return is_canceled


def _leave_no_trace(instance: DagsterInstance, run_id: str) -> None:
    """A launch that was no import: it is not tried again, and no asset or check shows it."""
    instance.add_run_tags(run_id, NOT_AGAIN)
    take_back_plans(instance, run_id)


def _lacks_a_roster(plan_context: PlanOrchestrationContext) -> bool:
    if {PARTITION_TAG, RANGE_TAG} & plan_context.dagster_run.tags.keys():
        return False
    assets = plan_context.job.get_definition().asset_layer
    return any(assets.get(key).is_partitioned for key in assets.selected_asset_keys)


class OneProcess(InProcessExecutor):
    """Dagster's own, but for the way in which a step waits for its place in a pool."""

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[DagsterEvent]:
        """The events of the steps, one step after the other."""
        yield from ExecuteRunWithPlanIterable(
            execution_plan=execution_plan,
            iterator=_one_after_the_other,
            execution_context_manager=PlanExecutionContextManager(
                job=plan_context.job,
                retry_mode=plan_context.retry_mode,
                execution_plan=execution_plan,
                run_config=plan_context.run_config,
                dagster_run=plan_context.dagster_run,
                instance=plan_context.instance,
                raise_on_error=plan_context.raise_on_error,
                output_capture=plan_context.output_capture,
                step_dependency_config=self.step_dependency_config,
            ),
        )


def _one_after_the_other(
    job_context: PlanExecutionContext, execution_plan: ExecutionPlan
) -> Iterator[DagsterEvent]:
    with Slots(job_context.instance, job_context.dagster_run) as slots:
        yield from inner_plan_execution_iterator(job_context, execution_plan, slots)
