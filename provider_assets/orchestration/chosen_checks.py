"""Which checks a run was asked for: all of a group, or some of them by themselves."""

from collections.abc import Iterable, Iterator

from dagster import AssetCheckExecutionContext, AssetCheckResult, MetadataValue


def selected(
    context: AssetCheckExecutionContext, roster: str, results: Iterable[AssetCheckResult]
) -> Iterator[AssetCheckResult]:
    """Those of the results whose checks this run was asked for; each says of which roster."""
    wanted = {key.name for key in context.selected_asset_check_keys}
    for result in results:
        if result.check_name in wanted:
            yield result._replace(
                metadata={"roster": MetadataValue.text(roster), **result.metadata}
            )
