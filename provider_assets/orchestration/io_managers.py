"""How values pass between the steps: frames as Parquet, and the one that goes to the database.

| IO manager | stores | gives back |
|---|---|---|
| `frame_io_manager` | a `RosterFrame` at `<storage>/frames/<roster>/<asset>.parquet` | the same |
| `frame_npis_io_manager` | as above | the same with the column `npi` alone, for steps that need no more |
| `mysql_io_manager` | a `PreparedImport` in `providerinfo`, in one transaction | nothing: the table is the application's |
"""  # noqa: E501

import gc
from functools import lru_cache

import pyarrow as pa
from dagster import (
    AssetKey,
    ConfigurableIOManager,
    DagsterInstance,
    InputContext,
    OutputContext,
    ResourceDependency,
)
from pydantic import Field
from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.frame_files import frame_path, read_frame, write_frame
from provider_assets.orchestration.metadata import load_metadata
from provider_assets.orchestration.partitions import CHOOSE_A_ROSTER, NONE_TO_JUDGE
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.providers.imports import PreparedImport
from provider_assets.providers.roster import RosterFrame

NPIS_ONLY = "frame_npis_io_manager"
MUCH = 32 << 20


class FrameIOManager(ConfigurableIOManager):
    """Frames as Parquet under the storage root, a folder for each roster."""

    folders: ResourceDependency[Folders]
    columns: list[str] | None = Field(
        default=None, description="the columns to read; all by default"
    )

    def handle_output(self, context: OutputContext, obj: RosterFrame) -> None:
        """Write the frame whole or not at all, and say where."""
        with sentences_only(context.name):
            path = self._path(context)
            write_frame(obj, path)
        context.add_output_metadata({"frame": str(path)})

    def load_input(self, context: InputContext) -> RosterFrame:
        """Read the frame, with its source and tally."""
        if pa.total_allocated_bytes() > MUCH:
            gc.collect()  # Dagster's cycles hold the frames of the steps before
            pa.default_memory_pool().release_unused()
        with sentences_only(context.asset_key.to_user_string()):
            path = self._path(context)
            if not path.exists():
                raise UsageError(
                    f"{context.asset_key.to_user_string()}: no frame at {path}; "
                    "materialize the whole partition again"
                )
            return read_frame(path, self.columns)

    def _path(self, context: InputContext | OutputContext) -> UPath:
        step = context.asset_key.path[-1]
        return frame_path(self.folders.storage_root(), roster_of(context), step)


def roster_of(context: InputContext | OutputContext) -> str:
    """The roster that a step works on; a check that is run without one takes its asset's latest.

    Raises UsageError where none was chosen.
    """
    if context.has_partition_key:
        return context.partition_key
    step = context.step_context
    if step.dagster_run.asset_check_selection and not step.dagster_run.asset_selection:
        # all frames of one roster, whatever other runs write meanwhile: each asset's own latest
        # may be of another
        layer = step.job_def.asset_layer
        checks = layer.get_assets_def_for_node(step.node_handle)
        judged = next((key.asset_key for key in checks.check_keys), None) if checks else None
        if judged and (found := _latest(step.instance, step.run_id, judged)):
            return found
        raise UsageError(NONE_TO_JUDGE)
    raise UsageError(CHOOSE_A_ROSTER)


@lru_cache(maxsize=8)
def _latest(instance: DagsterInstance, _run_id: str, key: AssetKey) -> str | None:
    """The roster that the asset was made for last, settled once for each run."""
    event = instance.get_latest_materialization_event(key)
    made = event.asset_materialization if event else None
    return made.partition if made else None


class MySQLIOManager(ConfigurableIOManager):
    """The application's table, in any database of the settings."""

    database: ResourceDependency[ProviderDatabase]

    def handle_output(self, context: OutputContext, obj: PreparedImport) -> None:
        """Run the one transaction, and say what it did."""
        with sentences_only(context.name):
            result = self.database.load(obj.rows, obj.request, obj.mentions)
        metadata = load_metadata(result, self.database.of(), plan_only=self.database.plan_only)
        context.add_output_metadata(metadata)

    def load_input(self, context: InputContext) -> None:
        """Refuse: what stands in the table is the application's, and no step reads it back."""
        raise UsageError(
            f"{context.asset_key.to_user_string()} is not an input; "
            "read clean_providers, or the table itself"
        )
