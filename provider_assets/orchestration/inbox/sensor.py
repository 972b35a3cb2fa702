"""The sensors of the mailboxes, one for each: Dagster's side of what runs by itself.

It gathers what a look needs and hands on what that said. What becomes of a file is decided in
`decision.py`, the look is `tick.py`'s, and the words are in `notes.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dagster import (
    DagsterInstance,
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from provider_assets.database.questions import overview
from provider_assets.errors import StorageError, UsageError
from provider_assets.orchestration.alerts.messages import send, trouble_alert, well_again_alert
from provider_assets.orchestration.configured import (
    hasty_database,
    make_folders,
    sweep_leftovers,
)
from provider_assets.orchestration.frame_files import free_key
from provider_assets.orchestration.inbox.cursor import Cursor
from provider_assets.orchestration.inbox.looks import Pace, TickResult, Trouble
from provider_assets.orchestration.inbox.requests import partition_requests, run_request
from provider_assets.orchestration.inbox.roster_runs import DagsterRuns
from provider_assets.orchestration.inbox.tick import InboxTick, unusable
from provider_assets.orchestration.jobs import import_roster
from provider_assets.orchestration.mailboxes import (
    has_drop_folder,
    named_mailboxes,
    wrong_layouts,
)
from provider_assets.orchestration.outgoing import give_what_waits, outgoing_root
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.orchestration.prefixed import under
from provider_assets.orchestration.process.liveness import alive_folder
from provider_assets.orchestration.resources import Folders
from provider_assets.providers.imports import ImportRecord
from provider_assets.reading.mailbox.described import Described
from provider_assets.reading.mailbox.port import MailboxError
from provider_assets.reading.mailbox.storage import storage_at
from provider_assets.settings import Settings, process_settings

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )


REMOTE_SECONDS = 10.0


@dataclass(frozen=True)
class DatabaseHistory:
    """The port `History` over a platform's database."""

    platform: Platform

    def imports_of(self, hashes: Collection[str]) -> Mapping[str, Sequence[ImportRecord]]:
        """Every import that decides about these contents."""
        return overview.imports_of(hasty_database(self.platform), hashes)


def build_mailbox_sensors(
    settings: Settings,
    platform: Platform = DEFAULT,
    job: "UnresolvedAssetJobDefinition" = import_roster,
) -> list[SensorDefinition]:
    """A sensor for each mailbox of the settings, which starts `job`.

    Raises UsageError where the file of mailboxes cannot be used.
    """
    named = [_named_sensor(one, platform, job) for one in named_mailboxes(settings).values()]
    if not has_drop_folder(settings):
        return named
    return [build_drop_folder_sensor(settings.sensor_interval, platform, job), *named]


def build_drop_folder_sensor(
    interval: int,
    platform: Platform = DEFAULT,
    job: "UnresolvedAssetJobDefinition" = import_roster,
) -> SensorDefinition:
    """The sensor that looks at the platform's inbox every `interval` seconds, and starts `job`."""

    def drop_folder_sensor(context: SensorEvaluationContext, folders: Folders) -> SensorResult:
        return look_at_inbox(context, folders, folders.of().settings)

    made = sensor(
        name=platform.called("drop_folder_sensor"),
        job=job,
        minimum_interval_seconds=interval,
        default_status=DefaultSensorStatus.RUNNING,
        description="Looks at the drop folder: starts a run for each new roster in inbox/, and "
        "moves what is done to processed/ or failed/. Switch it off to stop taking rosters in; "
        "nothing is lost, they wait in inbox/.",
    )
    return made(under(platform, drop_folder_sensor))


def _named_sensor(
    described: Described, platform: Platform, job: "UnresolvedAssetJobDefinition"
) -> SensorDefinition:
    name = described.name

    def mailbox_sensor(context: SensorEvaluationContext, folders: Folders) -> SensorResult:
        return look_at_inbox(context, folders, folders.of().settings, name)

    made = sensor(
        name=platform.called(f"mailbox_{name}_sensor"),
        job=job,
        minimum_interval_seconds=described.every_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=f"Looks at the mailbox {name} ({described.address}): starts a run for each new "
        "roster in its inbox/, moves what is done to processed/ or failed/, and gives back what "
        "could not be given back before.",
    )
    return made(under(platform, mailbox_sensor))


def look_at_inbox(
    context: SensorEvaluationContext, folders: Folders, settings: Settings, name: str = ""
) -> SensorResult:
    """One tick: decide, move, ask for runs, tell of troubles once; without a name the drop folder.

    While a layout file is wrong nothing is begun: what it says might be read by another layout.
    Raises UsageError where the file of mailboxes has no such name any more.
    """
    cursor, platform = Cursor.from_text(context.cursor), folders.of()
    with suppress(OSError, UsageError):  # the look says what is wrong with the place
        make_folders(settings)
        sweep_leftovers(settings)
    owed = _give_what_waits(folders, name)  # first, so that the notes can name it
    tick = inbox_tick(context.instance, folders, settings, platform, name)
    if wrong := wrong_layouts(lambda: platform.layouts, folders.known_mailboxes().get(name)):
        result = TickResult(looks=cursor.looks, troubles=(Trouble(wrong, "layouts"),))
    else:
        result = tick.run(cursor.looks)
    if owed is not None and not any(isinstance(each, Trouble) for each in result.troubles):
        result = replace(result, troubles=(*result.troubles, owed))
    for sentence in result.moved:
        context.log.info(sentence)
    for sentence in result.troubles:
        context.log.warning(sentence)
    after = cursor.after(result)
    if after.told and after.told != cursor.told:
        send(trouble_alert(result.troubles, name), settings.notify)
    if cursor.told and not result.troubles:
        send(well_again_alert(name), settings.notify)
    requests = [run_request(start, platform, name) for start in result.starts]
    return SensorResult(
        run_requests=requests,
        skip_reason=None if requests else summary(result),
        cursor=after.to_text(),
        dynamic_partitions_requests=partition_requests(result, platform),
    )


def _give_what_waits(folders: Folders, name: str) -> str | None:
    """Give back to the mailbox what could not be given back before; why not, where it cannot."""
    if not name:
        return None
    with closing(folders.mailbox(name)) as mailbox:
        try:
            give_what_waits(mailbox, folders.storage_root(), name)
        except MailboxError as error:
            return unusable(mailbox, error)
        except StorageError as error:
            return error.message
        except OSError as error:
            place = error.filename or outgoing_root(folders.storage_root(), name)
            return (
                f"what waits for {mailbox.place} cannot be given back ({place}: {error.strerror}); "
                "see who may read and remove it"
            )
    return None


def inbox_tick(
    instance: DagsterInstance,
    folders: Folders,
    settings: Settings,
    platform: Platform = DEFAULT,
    name: str = "",
) -> InboxTick:
    """The tick with its real mailbox, history and runs."""
    pace = Pace(settle=settings.settle_seconds, first_pause=settings.retry_seconds)
    if name:
        described = folders.known_mailboxes().get(name)
        settle = getattr(described, "settle_seconds", pace.settle)
        # such a look also connects, and gives back what waits; Dagster ends it after 60 seconds
        pace = replace(pace, settle=settle, hashing=REMOTE_SECONDS, moving=REMOTE_SECONDS)
    return InboxTick(
        folders.mailbox(name),
        DatabaseHistory(platform),
        DagsterRuns(instance, alive_folder(process_settings().home), platform.name),
        folders.answers_root(name),
        pace,
        partial(free_key, storage_at(settings.storage)),
        name,
    )


def summary(result: TickResult) -> str:
    """What a tick without a new run has seen, for the sensor's page."""
    parts = [*result.troubles]
    if result.moved:
        parts.append(f"{len(result.moved)} moved: " + "; ".join(result.moved[:10]))
    if result.waiting:
        parts.append(f"{result.waiting} in the inbox")
    elif not any(isinstance(trouble, Trouble) for trouble in result.troubles):
        parts.append("the inbox is empty")  # a place that could not be looked into may hold some
    return "; ".join(parts)
