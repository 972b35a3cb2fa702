"""What Dagster shows beside each materialization: counts, codes, columns, lineage, paths.

Only counts, codes, headers, paths and row numbers: never a row's values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dagster import (
    AssetKey,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
)
from upath import UPath

from provider_assets.orchestration.platform import Platform
from provider_assets.orchestration.prefixed import key_of
from provider_assets.providers.fields import TABLE_COLUMNS, TABLE_FIELDS
from provider_assets.providers.frames import DESCRIPTIONS
from provider_assets.providers.imports import LoadResult
from provider_assets.providers.roster import RosterFrame, RosterSource

ROSTER_FILE = AssetKey("roster_file")


def frame_schema(columns: Sequence[str]) -> TableSchema:
    """The columns of a frame, with their types and what they mean."""
    kinds = {"row": "int", "terminated": "bool"}
    return TableSchema(
        columns=[
            TableColumn(name, kinds.get(name, "string"), DESCRIPTIONS[name]) for name in columns
        ]
    )


def table_schema() -> TableSchema:
    """The columns of the application's table."""
    return TableSchema(
        columns=[
            TableColumn(
                column,
                "string",
                DESCRIPTIONS[field],
                TableColumnConstraints(nullable=field not in ("full_name", "npi")),
            )
            for field, column in TABLE_COLUMNS.items()
        ]
    )


def lineage_from_headers(source: RosterSource) -> TableColumnLineage:
    """Which of the roster's headers feeds which column."""
    deps: dict[str, list[TableColumnDep]] = {}
    for sheet in source.sheets:
        for column in sheet.columns:
            dep = TableColumnDep(ROSTER_FILE, column.header)
            name = "terminated" if column.field == "termination" else column.field
            if dep not in deps.setdefault(name, []):
                deps[name].append(dep)
    return TableColumnLineage(deps)


def lineage_from(
    upstream: str | AssetKey, columns: Mapping[str, str] | Sequence[str]
) -> TableColumnLineage:
    """Columns that are handed on: `{column here: column there}`, or the same names."""
    pairs = columns if isinstance(columns, Mapping) else {name: name for name in columns}
    return TableColumnLineage(
        {
            here: [TableColumnDep(AssetKey.from_coercible(upstream), there)]
            for here, there in pairs.items()
        }
    )


def frame_metadata(frame: RosterFrame, lineage: TableColumnLineage) -> dict[str, Any]:
    """Counts, codes, column schema and lineage of one frame."""
    return {
        "dagster/column_schema": frame_schema(list(frame.rows.columns)),
        "dagster/column_lineage": lineage,
        "dagster/partition_row_count": len(frame.rows),
        **_codes("reasons", frame.tally.reasons),
        **_codes("warnings", frame.tally.warnings),
    }


def source_metadata(source: RosterSource, archived: UPath) -> dict[str, Any]:
    """Where a roster came from."""
    return {
        "file": source.file,
        "sha256": source.sha256,
        "bytes": source.size,
        "kind": source.kind,
        "layout": source.layout,
        "layout_fingerprint": source.fingerprint,
        "sheets": [sheet.sheet for sheet in source.sheets],
        "hidden_sheets": list(source.hidden_sheets),
        "notes": list(source.notes),
        "dagster/uri": MetadataValue.url(archived.absolute().as_uri()),
    }


def load_metadata(result: LoadResult, platform: Platform, *, plan_only: bool) -> dict[str, Any]:
    """What a load did; `status` is `loaded`, `already_loaded` or `valid`."""
    done = "already_loaded" if result.already_loaded else "loaded"
    return {
        "dagster/table_name": platform.table,
        "dagster/column_schema": table_schema(),
        "dagster/column_lineage": lineage_from(
            key_of(platform, "clean_providers"),
            {TABLE_COLUMNS[field]: field for field in TABLE_FIELDS},
        ),
        "dagster/partition_row_count": result.rows.clean,
        "status": "valid" if plan_only else done,
        "import_id": result.import_id,
        **asdict(result.rows),
        "removed": result.removed,
        "kept": result.kept,
        "staged_by": result.staged_by or None,
        "mends": result.mends,
        "departures": MetadataValue.json(asdict(result.departures)),
    }


def _codes(name: str, counts: Mapping[str, int]) -> dict[str, Any]:
    return {name: MetadataValue.json(dict(counts))} if counts else {}
