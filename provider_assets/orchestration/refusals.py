"""A roster that is itself at fault: an answer, and no failure of what was loaded before."""

from dagster import DagsterInstance

from provider_assets.orchestration.process.fence import ours_or_own
from provider_assets.orchestration.resources import ProviderDatabase
from provider_assets.providers.imports import ImportRequest

PART = "what keeps a refused roster off the pages of the assets"


def record_refusal(
    database: ProviderDatabase,
    request: ImportRequest,
    error: tuple[str, str],
    instance: DagsterInstance,
    *,
    reported: bool = True,
) -> None:
    """Keep a refusal, (code, sentence), in the history; a plan keeps nothing.

    `reported`: whether this run writes what goes back to the sender.

    The assets' pages go on to show the run that made each of them last, and of each check how it
    was judged last.
    """
    database.record_failure(request, *error, answered_before=not reported)
    if request.run_id is not None and not database.plan_only:
        _take_back_plans(instance, request.run_id)


def _take_back_plans(instance: DagsterInstance, run_id: str) -> None:
    def taken_back() -> None:
        from provider_assets.orchestration.process.plans import take_back_plans

        take_back_plans(instance, run_id)

    ours_or_own(PART, taken_back, lambda: None)
