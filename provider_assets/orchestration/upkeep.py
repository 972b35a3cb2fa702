"""What is done beside the imports: an import taken back from the UI, old files removed.

Both call what the command line calls; the words for people are here.
"""

from datetime import UTC, datetime, timedelta

from dagster import (
    Config,
    DefaultScheduleStatus,
    JobDefinition,
    OpExecutionContext,
    ScheduleDefinition,
    job,
)
from pydantic import Field
from upath import UPath

from provider_assets.database.questions.overview import newest_states
from provider_assets.database.undoing.undo import undo
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.frame_files import frames_root
from provider_assets.orchestration.index import refresh_index, write_pages
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.orchestration.prefixed import made_for, op
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.providers.counted import counted
from provider_assets.providers.keys import digits_of_hash, digits_of_key
from provider_assets.reading.mailbox.archive import archive_root
from provider_assets.reading.mailbox.port import REJECTS, REPORTS, RETURNS
from provider_assets.reading.mailbox.storage import in_words
from provider_assets.reports.retention import KeptPlaces, Removed, remove_old

SETTLED = ("loaded", "superseded", "undone")


class UndoConfig(Config):
    """Which import is taken back."""

    import_id: int = Field(
        description="The import's number, as `provider-assets imports` and the metadata of "
        "`providerinfo_table` (`import_id`) show it."
    )
    dry_run: bool = Field(
        default=False, description="true: count in this run what would be done, and do nothing."
    )


@op(description="Take an import back; rows that changed since stay.", pool="providerinfo_write")
def take_back(
    context: OpExecutionContext, config: UndoConfig, folders: Folders, database: ProviderDatabase
) -> None:
    """Undo one import; what it did stands in the log and in the metadata, without values."""
    with sentences_only("undo_import"):
        done = undo(database.opened(), config.import_id, dry_run=config.dry_run)
        if not config.dry_run:
            refresh_index(folders, database, done.record.sha256)
    would = "would be " if config.dry_run else ""
    told = {
        "import": done.record.id,
        "roster": done.record.roster,
        f"rows that {would or 'were '}removed": done.removed,
        f"rows that {would or 'were '}given their old values back": done.restored,
        f"who had left and {would or 'were '}put back": done.returned,
        f"rows that {would or 'were '}spared": len(done.spared),
    }
    context.log.info(
        "import %s of %s: %s %sremoved, %s %sgiven their old values back, %s who had left "
        "%sput back, %s %sspared%s%s",
        done.record.id,
        done.record.roster,
        counted(done.removed, "row"),
        would,
        done.restored,
        would,
        done.returned,
        would,
        len(done.spared),
        would,
        f"; {done.reason}" if done.reason else "",
        "; this was a dry run, and nothing was changed" if config.dry_run else "",
    )
    why = {"why nothing": done.reason} if done.reason else {}
    context.add_output_metadata({**told, **why, "dry run": config.dry_run})


@op(description="Remove files older than PROVIDER_ASSETS_RETENTION_DAYS; write the pages anew.")
def remove_old_files(
    context: OpExecutionContext, folders: Folders, database: ProviderDatabase
) -> None:
    """Remove archive, frames, rejects, returns and reports of imports that are settled and old.

    The pages over all imports are written anew in any case: somebody may have removed what
    they link.
    """
    days = folders.of().settings.retention_days
    with sentences_only("remove_old_files"):
        if days is None:
            context.log.info("PROVIDER_ASSETS_RETENTION_DAYS is not set: every file is kept")
        else:
            removed = remove_before(datetime.now(UTC) - timedelta(days=days), folders, database)
            files, size = counted(removed.files, "file"), counted(removed.size, "byte")
            context.log.info("%s removed, %s", files, size)
        write_pages(folders.drop_root(), database.opened())


def remove_before(cutoff: datetime, folders: Folders, database: ProviderDatabase) -> Removed:
    """Remove what was last written before then and belongs to no import that may still need it."""
    storage = folders.storage_root()
    kept = KeptPlaces(
        (archive_root(storage), frames_root(storage)),
        *(folders.drop_root() / name for name in (REJECTS, RETURNS, REPORTS)),
    )
    with in_words(storage):
        needed = _needed(storage, database)
        removed = remove_old(kept, cutoff, needed)
    for name in folders.known_mailboxes():
        removed += remove_old(_answers_of(folders, name), cutoff, needed)
    return removed


def build_upkeep(platform: Platform = DEFAULT) -> tuple[list[JobDefinition], ScheduleDefinition]:
    """The jobs `undo_import` and `retention` of a platform, and when the latter runs."""
    take, remove = made_for(platform, take_back), made_for(platform, remove_old_files)

    @job(
        name=platform.called("undo_import"),
        description="Take an import back: its rows go, what it changed gets its old values, and "
        "rows that changed since are left and counted. Give `import_id` in the launchpad.",
    )
    def undo_import() -> None:
        take()

    @job(
        name=platform.called("retention"),
        description="Remove archive, frames, rejects, returns and reports older than the "
        "setting RETENTION_DAYS; those of an import that failed or waits stay.",
    )
    def retention() -> None:
        remove()

    schedule = ScheduleDefinition(
        name=platform.called("retention_schedule"),
        job=retention,
        cron_schedule="20 3 * * *",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Every night; removes nothing unless RETENTION_DAYS is set.",
    )
    return [undo_import, retention], schedule


def _answers_of(folders: Folders, mailbox: str) -> KeptPlaces:
    """What went back to a mailbox, as this machine keeps it."""
    root = folders.answers_root(mailbox)
    return KeptPlaces((), *(root / name for name in (REJECTS, RETURNS, REPORTS)))


def _needed(storage: UPath, database: ProviderDatabase) -> set[str]:
    """The rosters, by their digits, whose newest import failed, or that have none yet."""
    states = newest_states(database.opened())
    known = {digits_of_hash(sha256) for sha256 in states}
    unsettled = {digits_of_hash(sha256) for sha256, state in states.items() if state not in SETTLED}
    stored = {digits_of_hash(folder.name) for folder in _folders(archive_root(storage))}
    stored |= {digits_of_key(folder.name) for folder in _folders(frames_root(storage))}
    return unsettled | (stored - known)


def _folders(parent: UPath) -> list[UPath]:
    return list(parent.iterdir()) if parent.exists() else []
