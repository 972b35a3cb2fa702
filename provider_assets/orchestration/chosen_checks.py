"""Which checks a run was asked for: all of a group, or some of them by themselves."""

from collections.abc import Iterable, Iterator

from dagster import AssetCheckExecutionContext, AssetCheckResult


def selected(
    context: AssetCheckExecutionContext, results: Iterable[AssetCheckResult]
) -> Iterator[AssetCheckResult]:
    """Those of the results whose checks this run was asked for."""
    wanted = {key.name for key in context.selected_asset_check_keys}
    yield from (result for result in results if result.check_name in wanted)
