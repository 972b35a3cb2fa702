"""Assets, checks and ops that can be made again for another platform of the code location.

`asset`, `multi_asset_check` and `op` are Dagster's own decorators, which also remember what they
were given. `made_for` makes the same thing under a platform's names: its key prefix, its resources
and IO managers, its partitions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, isgeneratorfunction, signature
from typing import TYPE_CHECKING, Any

import dagster
from dagster import (
    AssetCheckSpec,
    AssetIn,
    AssetKey,
    Output,
    TableColumnDep,
    TableColumnLineage,
)

from provider_assets.orchestration.partitions import partitions_for
from provider_assets.orchestration.platform import Platform

__all__ = [
    "asset",
    "asset_check",
    "key_of",
    "lineage_under",
    "made_for",
    "multi_asset_check",
    "op",
    "under",
]

_TOLD = ("context", "config")


@dataclass(frozen=True)
class _Written:
    decorator: Callable[..., Any]
    given: Mapping[str, Any]
    function: Callable[..., Any]
    made: Any


_written: dict[int, _Written] = {}
_made: dict[tuple[tuple[str, ...], int], Any] = {}


def _remembering(decorator: Callable[..., Any]) -> Callable[..., Any]:
    def decorated(**given: Any) -> Callable[[Callable[..., Any]], Any]:
        def make(function: Callable[..., Any]) -> Any:
            made = decorator(**given)(function)
            _written[id(made)] = _Written(decorator, given, function, made)
            return made

        return make

    return decorated


if TYPE_CHECKING:
    from dagster import asset, asset_check, multi_asset_check, op
else:
    asset = _remembering(dagster.asset)
    asset_check = _remembering(dagster.asset_check)
    multi_asset_check = _remembering(dagster.multi_asset_check)
    op = _remembering(dagster.op)


def made_for(platform: Platform, definition: Any) -> Any:
    """The definition under the platform's names; the very same where it has no key prefix."""
    if not platform.key_prefix:
        return definition
    known = (platform.key_prefix, id(definition))
    if known not in _made:
        _made[known] = _make(platform, _written[id(definition)])
    return _made[known]


def _make(platform: Platform, written: _Written) -> Any:
    given = dict(written.given)
    inputs = _inputs(written.function)
    if written.decorator is dagster.asset:
        given["key_prefix"] = list(platform.key_prefix)
    elif written.decorator is dagster.asset_check:  # its name is below its asset's key already
        given["asset"] = key_of(platform, given["asset"])
    else:
        given["name"] = platform.called(given.get("name", written.function.__name__))
    if "partitions_def" in given:
        given["partitions_def"] = partitions_for(platform)
    if "io_manager_key" in given:
        given["io_manager_key"] = platform.called(given["io_manager_key"])
    if "specs" in given:
        given["specs"] = [_check_spec(platform, spec) for spec in given["specs"]]
    if inputs:
        given["ins"] = {name: _in(platform, name, given.get("ins", {})) for name in inputs}
    return written.decorator(**given)(under(platform, written.function))


def key_of(platform: Platform, name: str) -> AssetKey:
    """The key of one of the platform's assets."""
    return AssetKey([*platform.key_prefix, name])


def _inputs(function: Callable[..., Any]) -> list[str]:
    names = signature(function).parameters
    return [name for name in names if name not in _TOLD and not _is_resource(names[name])]


def _is_resource(parameter: Parameter) -> bool:
    return isinstance(parameter.annotation, type) and issubclass(
        parameter.annotation, dagster.ConfigurableResource
    )


def _in(platform: Platform, name: str, ins: Mapping[str, AssetIn]) -> AssetIn:
    manager = ins[name].input_manager_key if name in ins else None
    key = platform.called(manager or "frame_io_manager")
    return AssetIn(key=key_of(platform, name), input_manager_key=key)


def _check_spec(platform: Platform, spec: AssetCheckSpec) -> AssetCheckSpec:
    return AssetCheckSpec(
        spec.name,
        asset=key_of(platform, spec.asset_key.path[-1]),
        additional_deps=[key_of(platform, dep.asset_key.path[-1]) for dep in spec.additional_deps],
        blocking=spec.blocking,
        description=spec.description,
    )


def under(platform: Platform, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its resources under the platform's names, which are its parameters."""
    if not platform.key_prefix:
        return function
    known = signature(function)
    theirs = {name for name, one in known.parameters.items() if _is_resource(one)}
    names = {platform.called(name) if name in theirs else name: name for name in known.parameters}

    def call(*given: Any, **named: Any) -> Any:
        return function(*given, **{names[name]: value for name, value in named.items()})

    @wraps(function)
    def renamed(*given: Any, **named: Any) -> Any:
        return _with_lineage(platform, call(*given, **named))

    @wraps(function)
    def renamed_generator(*given: Any, **named: Any) -> Any:  # Dagster asks which kind it is
        yield from call(*given, **named)

    parameters = [known.parameters[was].replace(name=name) for name, was in names.items()]
    made = renamed_generator if isgeneratorfunction(function) else renamed
    made.__signature__ = known.replace(parameters=parameters)  # type: ignore[attr-defined]
    made.__annotations__ = {one.name: one.annotation for one in parameters} | {
        "return": known.return_annotation
    }
    del made.__wrapped__
    return made


def _with_lineage(platform: Platform, made: Any) -> Any:
    """An output whose columns come from this platform's assets, not from their namesakes."""
    if isinstance(made, Output):
        metadata = {name: _prefixed(platform, value) for name, value in made.metadata.items()}
        return Output(made.value, metadata=metadata)
    return made


def _prefixed(platform: Platform, value: Any) -> Any:
    lineage = getattr(value, "column_lineage", value)
    return lineage_under(platform, lineage) if isinstance(lineage, TableColumnLineage) else value


def lineage_under(platform: Platform, lineage: TableColumnLineage) -> TableColumnLineage:
    """The lineage with every asset's key under the platform's prefix."""
    return TableColumnLineage(
        {
            column: [
                TableColumnDep(key_of(platform, dep.asset_key.path[-1]), dep.column_name)
                for dep in deps
            ]
            for column, deps in lineage.deps_by_column.items()
        }
    )
