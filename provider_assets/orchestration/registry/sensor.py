"""The sensor of the drop folder's `registry/`: a new file there is taken into the store."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from dagster import (
    AssetSelection,
    DefaultSensorStatus,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from provider_assets.errors import RegistryError
from provider_assets.orchestration.alerts.messages import send, trouble_alert
from provider_assets.orchestration.cursors import read_cursor
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.orchestration.prefixed import key_of, under
from provider_assets.orchestration.registry.assets import (
    GROUP,
    REGISTRY_ASSETS,
    registry_folder,
)
from provider_assets.orchestration.registry.notes import note_trouble
from provider_assets.orchestration.resources import Folders
from provider_assets.providers.counted import counted
from provider_assets.registry.sources import candidates, kind_of, others_beside
from provider_assets.settings import Settings

SELDOM = 60  # seconds: such files come weekly


def build_registry_sensor(interval: int, platform: Platform = DEFAULT) -> SensorDefinition:
    """The sensor that looks into `registry/`, and asks for one run an asset."""

    def registry_folder_sensor(context: SensorEvaluationContext, folders: Folders) -> SensorResult:
        return look_at_registry(context, registry_folder(folders), folders.of().settings, platform)

    keys = [key_of(platform, each.key.path[-1]) for each in REGISTRY_ASSETS]
    made = sensor(
        name=platform.called("registry_folder_sensor"),
        target=AssetSelection.assets(*keys),
        minimum_interval_seconds=max(interval, SELDOM),
        default_status=DefaultSensorStatus.RUNNING,
        description="Looks into the drop folder's registry/: takes new files of NPPES, CMS and OIG "
        "into the registry's store. A file is looked at once, until it changes.",
    )
    return made(under(platform, registry_folder_sensor))


def look_at_registry(
    context: SensorEvaluationContext,
    folder: Path,
    settings: Settings,
    platform: Platform = DEFAULT,
) -> SensorResult:
    """One tick: which settled files are new, of which asset each is, what is none of the three."""
    before = _seen(context.cursor)
    lying = {path: [path, *filter(None, [others_beside(path)])] for path in candidates(folder)}
    now = {str(path): " ".join(map(_token, parts)) for path, parts in lying.items()}
    settled = {
        str(path): now[str(path)]
        for path, parts in lying.items()
        if all(_is_settled(part, settings) for part in parts)
    }
    wanted: dict[str, list[str]] = {}
    troubles = []
    for path, token in settled.items():
        if before.get(path) == token:
            continue
        try:
            wanted.setdefault(kind_of(Path(path)), []).append(path)
            note_trouble(Path(path), None)
        except RegistryError as error:
            troubles.append(error.message)
            note_trouble(Path(path), error.message)
    for trouble in troubles:
        context.log.warning(trouble)
    if troubles:
        send(trouble_alert(troubles), settings.notify)
    kept = {path: token for path, token in before.items() if now.get(path) == token}
    requests = [
        _request(platform, asset, paths, settled) for asset, paths in sorted(wanted.items())
    ]
    return SensorResult(
        run_requests=requests,
        skip_reason=None if requests else "; ".join(troubles) or _idle(folder, len(now)),
        cursor=json.dumps(kept | settled),
    )


def _request(
    platform: Platform, asset: str, paths: list[str], tokens: Mapping[str, str]
) -> RunRequest:
    return RunRequest(
        run_key=f"{asset}:" + ",".join(sorted(tokens[path] for path in paths)),
        asset_selection=[key_of(platform, asset)],
        run_config={"ops": {platform.step(asset): {"config": {"files": paths}}}},
        tags={"provider_assets/registry": GROUP},
    )


def _token(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:  # gone between two looks
        return ""
    return f"{path.name}:{found.st_size}:{found.st_mtime_ns}"


def _is_settled(path: Path, settings: Settings) -> bool:
    try:
        return time.time() - path.stat().st_mtime >= settings.settle_seconds
    except OSError:
        return False


def _seen(cursor: str | None) -> dict[str, str]:
    """The cursor's files; with none, all are loaded again, which changes nothing."""
    return {str(path): str(token) for path, token in read_cursor(cursor).items()}


def _idle(folder: Path, files: int) -> str:
    if not folder.is_dir():
        return f"there is no {folder}; make it to have the registry's files taken from there"
    return f"{counted(files, 'file')} in {folder}, none of them new"
