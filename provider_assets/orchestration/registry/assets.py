"""The assets `npi_registry`, `npi_deactivations`, `exclusions`: files become the store.

They are unpartitioned and hang on nothing: a person or another job brings their files.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    Config,
    FreshnessPolicy,
    MaterializeResult,
    MetadataValue,
)
from pydantic import Field

from provider_assets.errors import RegistryError, UsageError
from provider_assets.orchestration.configured import today
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.prefixed import asset
from provider_assets.orchestration.registry.notes import note_trouble
from provider_assets.orchestration.resources import Folders
from provider_assets.orchestration.roster_asset import DELIVERY, OWNERS
from provider_assets.providers.shown import shown
from provider_assets.registry.recognizing import Kind
from provider_assets.registry.reference import MOST_DAYS
from provider_assets.registry.sources import registry_files

if TYPE_CHECKING:
    from provider_assets.registry.loading import Loaded

GROUP = "registry"
POOL = "registry_write"
FRESHNESS = FreshnessPolicy.time_window(
    warn_window=timedelta(days=MOST_DAYS), fail_window=timedelta(days=2 * MOST_DAYS)
)
_TEXTS: Mapping[Kind, str] = {
    "npi_registry": "The public list of all NPIs (NPPES): the monthly file, weekly ones on top. "
    "Rosters are checked against it.",
    "npi_deactivations": "CMS' monthly report of deactivated NPIs, with the day of each.",
    "exclusions": "OIG's list of those excluded from federal health care programs (LEIE).",
}
_FILES = (
    " Its files lie in the drop folder's registry/; docs/registry.md says where they come from."
)


class RegistryConfig(Config):
    """Which files are taken in."""

    files: list[str] = Field(
        default_factory=list,
        description="Paths of the registry's files. Without them, those in the drop folder's "
        "`registry/` are looked through; a run that the web UI or a sensor asks for takes in "
        "those alone.",
    )


def registry_folder(folders: Folders) -> Path:
    """Where people and jobs put the registry's files."""
    return folders.drop_root() / "registry"


def _registry_asset(name: Kind) -> AssetsDefinition:
    @asset(
        name=name,
        group_name=DELIVERY,  # one group: the lineage opens with assets, not closed boxes
        kinds={"arrow"},
        owners=OWNERS,
        pool=POOL,
        output_required=False,
        freshness_policy=FRESHNESS,
        description=_TEXTS[name] + _FILES,
    )
    def made(
        context: AssetExecutionContext, config: RegistryConfig, folders: Folders
    ) -> Any:  # a result where the store changed, else nothing: it is as fresh as before
        # what reads the files is wanted once a week, and these definitions by every load
        from provider_assets.registry.loading import load_all

        with sentences_only(name):
            named = [Path(path) for path in config.files]
            if context.run.remote_job_origin is not None:  # by a web server, or a sensor
                require_inside(named, registry_folder(folders))
            paths = named or registry_files(registry_folder(folders), name)
            try:
                done = load_all(paths, folders.of().settings.registry, today())
            except RegistryError as error:
                for path in paths:
                    if error.message.startswith(path.name):
                        note_trouble(path, error.message)
                raise
        for each in done:
            context.log.info("%s: %s", each.file, "; ".join(each.notes) or "loaded")
        if not paths:
            context.log.warning("no file of this kind lies in %s", registry_folder(folders))
        changed = [each for each in done if each.changed]
        if changed:
            yield MaterializeResult(metadata=_metadata(changed[-1], done))

    return made


def require_inside(paths: Sequence[Path], folder: Path) -> None:
    """Raises UsageError where a file lies anywhere but in `folder`."""
    inside = folder.resolve()
    for path in paths:
        if not path.absolute().parent.resolve().is_relative_to(inside):
            raise UsageError(
                f"{shown(path.name)}: a run takes in what lies in {folder}, and no other path; put "
                "the file there, or name it to `provider-assets registry load`"
            )


def _metadata(loaded: "Loaded", done: "Sequence[Loaded]") -> Mapping[str, Any]:
    about = loaded.about
    notes = [f"{shown(each.file)}: {note}" for each in done for note in each.notes]
    return {
        "snapshot": about.snapshot,
        "dagster/row_count": about.rows,
        **dict(about.counts),
        "size": loaded.size,
        "sha256": about.sha256,
        "files": MetadataValue.json([each.file for each in about.files]),
        "notes": MetadataValue.json(notes),
    }


REGISTRY_ASSETS = [_registry_asset(name) for name in _TEXTS]
