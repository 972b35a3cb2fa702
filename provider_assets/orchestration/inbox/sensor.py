"""The drop folder's sensor: Dagster's side of what runs by itself.

It gathers what a look needs and hands on what that said. What becomes of a file is decided in
`decision.py`, the look is `tick.py`'s, and the words are in `notes.py`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster import (
    AddDynamicPartitionsRequest,
    DagsterInstance,
    DefaultSensorStatus,
    DeleteDynamicPartitionsRequest,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)
from upath import UPath

from provider_assets.database import overview
from provider_assets.orchestration.alerts.messages import send, trouble_alert
from provider_assets.orchestration.configured import (
    hasty_database,
    mailbox_at,
    make_folders,
    sweep_leftovers,
)
from provider_assets.orchestration.frame_files import free_key
from provider_assets.orchestration.inbox.decision import Start
from provider_assets.orchestration.inbox.looks import Pace, TickResult, trouble_mark
from provider_assets.orchestration.inbox.roster_runs import DagsterRuns
from provider_assets.orchestration.inbox.tick import InboxTick
from provider_assets.orchestration.jobs import import_roster
from provider_assets.orchestration.partitions import (
    ATTEMPT_TAG,
    DELIVERY_TAG,
    PARTITION_TAG,
    partitions_for,
)
from provider_assets.orchestration.platform import DEFAULT, PLATFORM_TAG, Platform
from provider_assets.orchestration.prefixed import under
from provider_assets.orchestration.process.liveness import alive_folder
from provider_assets.orchestration.resources import Folders
from provider_assets.providers.imports import ImportRecord
from provider_assets.settings import Settings, process_settings

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )


@dataclass(frozen=True)
class Cursor:
    """What one tick leaves to the next: `TickResult.looks`, and which troubles were told."""

    looks: Mapping[str, str] = field(default_factory=dict)
    told: str = ""

    def to_text(self) -> str:
        """The cursor as Dagster keeps it."""
        return json.dumps({"looks": self.looks, "told": self.told}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str | None) -> "Cursor":
        """Undo `to_text`; what nobody can read is a fresh start, since the truth lies elsewhere."""
        try:
            raw: dict[str, Any] = json.loads(text or "{}")
            return cls(dict(raw.get("looks", {})), str(raw.get("told", "")))
        except (ValueError, TypeError, AttributeError):
            return cls()


@dataclass(frozen=True)
class DatabaseHistory:
    """The port `History` over a platform's database."""

    platform: Platform

    def imports_of(self, hashes: Collection[str]) -> Mapping[str, Sequence[ImportRecord]]:
        """Every import that decides about these contents."""
        return overview.imports_of(hasty_database(self.platform), hashes)


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


def look_at_inbox(
    context: SensorEvaluationContext, folders: Folders, settings: Settings
) -> SensorResult:
    """One tick: decide, move, ask for runs, tell of troubles once."""
    cursor, platform = Cursor.from_text(context.cursor), folders.of()
    with suppress(OSError):  # the look says what is wrong with the place
        make_folders(settings)
        sweep_leftovers(settings)
    tick = inbox_tick(context.instance, folders.drop_root(), settings, platform)
    result = tick.run(cursor.looks)
    for sentence in result.moved:
        context.log.info(sentence)
    for trouble in result.troubles:
        context.log.warning(trouble)
    mark = trouble_mark(result.troubles)
    if mark and mark != cursor.told:
        send(trouble_alert(result.troubles), settings.notify)
    requests = [run_request(start, platform) for start in result.starts]
    return SensorResult(
        run_requests=requests,
        skip_reason=None if requests else summary(result),
        cursor=Cursor(result.looks, mark).to_text(),
        dynamic_partitions_requests=_partitions(result, platform),
    )


def _partitions(
    result: TickResult, platform: Platform
) -> list[AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest]:
    """A roster that was answered leaves no partition behind that would stay red for good."""
    partitions, answered = partitions_for(platform), list(result.answered)
    added = [start.delivery.roster for start in result.starts]
    return [
        *([partitions.build_add_request(added)] if added else []),
        *([partitions.build_delete_request(answered)] if answered else []),
    ]


def inbox_tick(
    instance: DagsterInstance, drop_root: Path, settings: Settings, platform: Platform = DEFAULT
) -> InboxTick:
    """The tick with its real history and runs."""
    return InboxTick(
        mailbox_at(drop_root),
        DatabaseHistory(platform),
        DagsterRuns(instance, alive_folder(process_settings().home), platform.name),
        drop_root,
        Pace(settle=settings.settle_seconds, first_pause=settings.retry_seconds),
        partial(free_key, UPath(settings.storage)),
    )


def run_request(start: Start, platform: Platform = DEFAULT) -> RunRequest:
    """The run that a delivery asks for; its key is the delivery and the number of the try."""
    delivery = start.delivery
    return RunRequest(
        run_key=f"{delivery.file.token}:{start.attempt}",
        partition_key=delivery.roster,
        run_config={"ops": {platform.step("raw_providers"): {"config": _config(start)}}},
        tags={
            # named here, so that Dagster does not look the key up among all partitions
            PARTITION_TAG: delivery.roster,
            DELIVERY_TAG: delivery.file.token,
            ATTEMPT_TAG: str(start.attempt),
            **({PLATFORM_TAG: platform.name} if platform.key_prefix else {}),
        },
    )


def _config(start: Start) -> dict[str, str]:
    path = start.delivery.file.address
    try:
        path.encode()
    except UnicodeEncodeError:
        return {}  # a name that is no text: the run finds the file by its content
    return {"path": path, "sha256": start.delivery.sha256}


def summary(result: TickResult) -> str:
    """What a tick without a new run has seen, for the sensor's page."""
    parts = [*result.troubles]
    if result.moved:
        parts.append(f"{len(result.moved)} moved: " + "; ".join(result.moved[:10]))
    parts.append(f"{result.waiting} in the inbox" if result.waiting else "the inbox is empty")
    return "; ".join(parts)
