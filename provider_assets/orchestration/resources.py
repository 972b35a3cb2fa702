"""What the assets use of the outside world: the folders and the database.

Both take their values from the settings, so no password ever stands in a Dagster config; the
few fields here exist so that one run can be told to plan only, or to work in another folder.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
from dagster import ConfigurableResource
from pydantic import Field
from upath import UPath

from provider_assets.database import answers, history, recording
from provider_assets.database.engine import Database
from provider_assets.database.loading.load import load_providers
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.prepare import read_capacity
from provider_assets.database.questions import overview
from provider_assets.database.questions.actions import other_actions, overtaken_rows
from provider_assets.database.questions.held import held_providers
from provider_assets.database.questions.verify import TableFacts, verify_import
from provider_assets.orchestration.configured import (
    known_registry,
    mailbox_at,
    readable_database,
    writable_database,
)
from provider_assets.orchestration.mailboxes import (
    answers_folder,
    mailbox_called,
    named_mailboxes,
)
from provider_assets.orchestration.platform import Platform, platform_called
from provider_assets.orchestration.turn import (
    begun_in_turn,
    tell_loaded,
    wait_to_judge,
    wait_to_write,
)
from provider_assets.providers.capacity import Capacity
from provider_assets.providers.departures import Mentions
from provider_assets.providers.facts import Facts
from provider_assets.providers.imports import ImportRecord, ImportRequest, LoadResult
from provider_assets.reading.mailbox.described import Described, DescribedFolder
from provider_assets.reading.mailbox.port import Mailbox
from provider_assets.reading.mailbox.storage import storage_at


class OfPlatform(ConfigurableResource):  # type: ignore[type-arg]
    """A resource that goes by a platform: its settings, its layouts, its rules, its table."""

    platform: str = Field(default="", description="whose settings: the key prefix in one word")

    def of(self) -> Platform:
        """The platform."""
        return platform_called(self.platform)


class Folders(OfPlatform):
    """Where the frames, the archive and the drop folder lie; empty means as in the settings."""

    storage: str = Field(
        default="", description="a folder or a bucket's URL for frames and archive"
    )
    drop_folder: str = Field(
        default="", description="the folder that holds inbox, rejects and reports"
    )

    def storage_root(self) -> UPath:
        """The root of frames and archive."""
        return storage_at(self.storage or self.of().settings.storage)

    def drop_root(self) -> Path:
        """The folder that holds `inbox/`, `processed/`, `failed/` and the folders of answers."""
        return Path(self.drop_folder or self.of().settings.drop_folder)

    def mailbox(self, name: str = "") -> Mailbox:
        """Where rosters come from and answers go back to; without a name the drop folder."""
        return mailbox_called(self.of().settings, name) if name else mailbox_at(self.drop_root())

    def answers_root(self, name: str = "") -> Path:
        """The folder of this machine with `rejects/`, `returns/` and `reports/` of a mailbox."""
        return answers_folder(self.of().settings, name) if name else self.drop_root()

    def writes_unseen(self, name: str) -> bool:
        """Whether the folder of answers is this machine's copy of what goes to another one."""
        return bool(name) and not isinstance(self.known_mailboxes().get(name), DescribedFolder)

    def known_mailboxes(self) -> Mapping[str, Described]:
        """The mailboxes that have a name."""
        return named_mailboxes(self.of().settings)


_waiting = ThreadPoolExecutor(1, "provider_assets-verify")  # its thread only waits for the server
_looking: dict[tuple[str, str], Future[TableFacts]] = {}  # by platform and the content's hash


class ProviderDatabase(OfPlatform):
    """The application's table and its history."""

    plan_only: bool = Field(
        default=False, description="judge and plan against the table, but write nothing to it"
    )

    def opened(self) -> Database:
        """The database, one a process; its tables are made ready unless this is a plan."""
        return (readable_database if self.plan_only else writable_database)(self.of())

    def capacity(self) -> Capacity:
        """What the application's table can hold."""
        return read_capacity(self.opened())

    def facts(self, *, for_rejects: bool = False) -> Facts:
        """What the rules may ask beside the rows.

        What the table holds is asked for rejects only: those rules cannot be softened to warnings.
        """
        capacity = self.capacity() if for_rejects else Capacity()
        platform = self.of()
        return Facts(capacity, known_registry(platform.settings), platform.own_rules)

    def held(self, npis: pd.Series, sha256: str) -> pd.DataFrame:
        """The table's providers with these NPIs, but not this roster's: `fields.TABLE_FIELDS`."""
        wait_to_judge()
        return held_providers(self.opened(), npis, sha256)

    def load(
        self, clean: pd.DataFrame, request: ImportRequest, mentions: Mentions | None = None
    ) -> LoadResult:
        """Load (or plan to load) rows with the columns `frames.CLEAN`.

        After a load the server looks at its table at once, while this process goes on.
        """
        if self.plan_only:
            return plan_providers(self.opened(), clean, request, mentions)
        request = replace(request, started=begun_in_turn(request.started))
        result = load_providers(self.opened(), clean, request, mentions)
        sha256 = request.source.sha256
        looking = _waiting.submit(verify_import, self.opened(), sha256)
        _looking[self.platform, sha256] = looking
        tell_loaded()
        return result

    def record_failure(
        self, request: ImportRequest, code: str, message: str, *, answered_before: bool = False
    ) -> None:
        """Keep in the history that this roster was refused, unless this is a plan."""
        if not self.plan_only:
            wait_to_write()
            recording.record_failure(
                self.opened(), request, code, message, answered_before=answered_before
            )

    def note_answers(self, sha256: str, run_id: str, import_id: int | None) -> None:
        """Keep that what goes back to the sender was written; a plan answers nobody."""
        if not self.plan_only:
            answers.note_answers(self.opened(), sha256, run_id, import_id)

    def live_import(self, sha256: str) -> ImportRecord | None:
        """The import of this content that is in the table now; a plan does not ask."""
        return None if self.plan_only else history.find_import(self.opened(), sha256)

    def import_of(self, import_id: int) -> ImportRecord | None:
        """The import with this id."""
        return history.get_import(self.opened(), import_id)

    def imports_of(self, sha256: str) -> list[ImportRecord]:
        """Of this content the import that is in the table now, and the newest one."""
        return overview.imports_of(self.opened(), [sha256]).get(sha256, [])

    def other_actions(self, import_id: int, usual: str) -> dict[str, str]:
        """By NPI what an import did about the rows that did not come to the usual."""
        return other_actions(self.opened(), import_id, usual)

    def overtaken_rows(self, import_id: int) -> dict[str, str]:
        """By NPI, `overtaken` of the rows that a newer roster keeps out of the table."""
        return overtaken_rows(self.opened(), import_id)

    def verify(self, sha256: str) -> TableFacts:
        """Whether the table holds what the live import of this content wrote.

        As found right after the load, where this process did that.
        """
        looking = _looking.pop((self.platform, sha256), None)
        return looking.result() if looking else verify_import(self.opened(), sha256)
