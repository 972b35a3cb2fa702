"""One roster, one run: how the command line has rosters loaded and validated.

Both run the very job that the web UI and the sensor run. `load` does it in the instance of
`DAGSTER_HOME`; `validate` in one that is forgotten afterwards, planning only, in a scratch folder.
"""

import gc
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dagster import (
    DagsterInstance,
    build_reconstructable_job,
    execute_job,
    reconstructable,
)

from provider_assets.errors import ANSWERED, DatabaseError, DiskFullError, ProviderAssetsError
from provider_assets.leftovers import temporary_folder
from provider_assets.orchestration import build
from provider_assets.orchestration.answers import lacks_answers
from provider_assets.orchestration.build import (
    import_roster_job,
    plan_roster_job,
    scratch_folders,
)
from provider_assets.orchestration.command.instance import open_instance
from provider_assets.orchestration.command.look_ahead import LookAhead
from provider_assets.orchestration.command.results import (
    RosterResult,
    failed_result,
    known_result,
    named,
    result_of,
)
from provider_assets.orchestration.configured import readable_database, sweep_leftovers
from provider_assets.orchestration.frame_files import free_key
from provider_assets.orchestration.full_disks import naming_full_disks
from provider_assets.orchestration.index import index_at_the_end
from provider_assets.orchestration.outcomes import IN_THE_TABLE, RunEvents
from provider_assets.orchestration.partitions import PARTITION_TAG, rosters
from provider_assets.orchestration.process.liveness import alive_folder
from provider_assets.orchestration.process.memory import give_memory_back
from provider_assets.orchestration.process.remains import clear_up
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import RosterSource
from provider_assets.settings import Settings, process_settings

if TYPE_CHECKING:
    from dagster._core.definitions.reconstruct import ReconstructableJob

log = logging.getLogger(__name__)
LAUNCHED_BY = {"user": "provider-assets load"}  # the web UI's *Launched by*
SELDOM = (50_000, 20, 10)  # Dagster makes so many short-lived objects that looking costs a tenth
QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}


class RosterRunner:
    """Runs `import_roster` for one file after another.

    `open_instance` is called once, and only when there is something to run.
    """

    def __init__(
        self,
        job: "ReconstructableJob",
        open_instance: Callable[[], DagsterInstance],
        folders: Folders,
        database: ProviderDatabase,
        ahead: LookAhead,
    ) -> None:
        self._job = job
        self._open_instance = open_instance
        self._folders = folders
        self._database = database
        self._ahead = ahead
        self._unreachable: DatabaseError | None = None

    @cached_property
    def _instance(self) -> DagsterInstance:
        return self._open_instance()

    def run(
        self, path: Path, *, replay: bool = False, following: Path | None = None
    ) -> RosterResult:
        """What becomes of this file; an error is a failed result, never an exception.

        The `following` one is looked at meanwhile.
        """
        delivered = named(path)
        try:
            sha256 = self._ahead.sha256(path)
            key = free_key(self._folders.storage_root(), path.name, sha256)
            delivered = named(path, sha256, key)
            live = self._live_import(sha256)
        except ProviderAssetsError as error:
            return failed_result(delivered, error)
        if live is not None and not replay and not self._lacks_answers(live):
            self._ahead.forget(sha256)
            return known_result(delivered, live, self._folders.storage_root())
        if following is not None:
            self._ahead.look(following)
        try:
            with naming_full_disks():
                return self._run(path, delivered, replay=replay)
        except DiskFullError as error:
            return self._cut_short(delivered, error)

    def _lacks_answers(self, live: ImportRecord) -> bool:
        settings = self._folders.of().settings
        names = ("", *self._folders.known_mailboxes())
        roots = [self._folders.answers_root(name) for name in names]
        return all(lacks_answers(live, root, settings) for root in roots)

    def _cut_short(self, delivered: RosterSource, error: DiskFullError) -> RosterResult:
        """What became of a roster whose run Dagster itself could not keep."""
        try:
            live = self._live_import(delivered.sha256)
        except DatabaseError:
            live = None
        if live is None:
            return failed_result(delivered, error)
        known = known_result(delivered, live, self._folders.storage_root())
        told = (error.code, f"{IN_THE_TABLE}: {error.message}")
        return replace(known, outcome=replace(known.outcome, error=told))

    def _live_import(self, sha256: str) -> ImportRecord | None:
        """What the table holds of this content; a database that is away is asked only once."""
        if self._unreachable is not None:
            raise self._unreachable
        try:
            return self._database.live_import(sha256)
        except DatabaseError as error:
            self._unreachable = error
            raise

    def _run(self, path: Path, delivered: RosterSource, *, replay: bool) -> RosterResult:
        self._instance.add_dynamic_partitions(str(rosters.name), [delivered.roster])
        config = {"path": str(path.absolute()), "sha256": delivered.sha256}
        run = execute_job(
            self._job,
            instance=self._instance,
            run_config={
                "ops": {
                    "raw_providers": {"config": config},
                    "providerinfo_table": {"config": {"replay": replay}},
                },
                "loggers": QUIET,
            },
            tags={PARTITION_TAG: delivered.roster, **LAUNCHED_BY},
        )
        storage = self._folders.storage_root()
        events = RunEvents(self._instance, run.run_id)
        outcome = events.outcome(storage, delivered)
        if outcome.error is not None and outcome.error[0] in ANSWERED and not replay:
            # an answer, which stays in the history: no partition that would stay red for good
            self._instance.delete_dynamic_partition(str(rosters.name), delivered.roster)
        result = result_of(outcome, events.made, storage)
        return result.forgotten() if self._database.plan_only else result


@contextmanager
def loading(settings: Settings, ahead: LookAhead) -> Iterator[RosterRunner]:
    """Runs that load; Dagster's home is opened when the first one is needed.

    Raises UsageError where the database's setting cannot be used, as `validating` does.
    """
    _settle()
    give_memory_back()
    sweep_leftovers(process_settings())
    readable_database()
    with ExitStack() as opened:

        def instance() -> DagsterInstance:
            found = opened.enter_context(open_instance(settings))
            for place in clear_up(found, alive_folder(settings.home)):
                log.warning(
                    "%s had kept its place in %s; %s, and it was freed",
                    place.holder,
                    place.pool,
                    place.orphaned,
                )
            return found

        job = reconstructable(import_roster_job)
        folders, database = Folders(), ProviderDatabase()
        with index_at_the_end(folders, database):
            yield RosterRunner(job, instance, folders, database, ahead)


@contextmanager
def validating(ahead: LookAhead) -> Iterator[RosterRunner]:
    """Runs that judge and plan, and leave nothing behind."""
    _settle()
    give_memory_back()
    sweep_leftovers(process_settings())
    readable_database()
    with ExitStack() as opened:
        with naming_full_disks():
            scratch = str(opened.enter_context(temporary_folder("validate")))
        instance = opened.enter_context(DagsterInstance.ephemeral())
        job = build_reconstructable_job(
            build.__name__, plan_roster_job.__name__, reconstructable_kwargs={"scratch": scratch}
        )
        folders, database = scratch_folders(scratch), ProviderDatabase(plan_only=True)
        yield RosterRunner(job, lambda: instance, folders, database, ahead)


def none_run(files: Iterable[Path], error: ProviderAssetsError) -> list[RosterResult]:
    """The results where no run could be started for any file."""
    return [failed_result(named(path), error) for path in files]


def _settle() -> None:
    """What is imported stays, and garbage is looked for seldom."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()
