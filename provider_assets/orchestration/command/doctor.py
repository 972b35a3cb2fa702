"""What `doctor` looks at: settings, layouts, folders, database, runs, and how to mend them.

Nothing is made: a folder that is missing is told, and comes with the first load.
"""

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shutil import disk_usage

from upath import UPath

from provider_assets.database.engine import open_database
from provider_assets.database.finding import Finding
from provider_assets.database.questions.diagnosis import diagnose
from provider_assets.errors import DatabaseError, StorageError, UsageError
from provider_assets.orchestration.command.doctor_mailboxes import (
    look_at_mailboxes,
    or_unreadable,
    overlooked,
)
from provider_assets.orchestration.command.doctor_runs import look_at_runs
from provider_assets.orchestration.configured import database_address, missing_registry, today
from provider_assets.orchestration.platform import Platform
from provider_assets.providers.counted import counted
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.mailbox.storage import in_words, is_local, storage_at
from provider_assets.reading.office import find_office
from provider_assets.settings import Settings, load_settings
from provider_assets.system import belongs_to, is_open_to_others

LITTLE_SPACE = 2**30
LOOKED_AT_ROSTERS = 200
LOOKED_AT_IN_BUCKET = 20  # each is some requests there


def examine() -> list[Finding]:
    """Everything that was looked at, in the order in which it matters; raises nothing."""
    try:
        settings = load_settings()
    except UsageError as error:
        return [Finding("settings", "error", error.message, "see docs/settings.md")]
    runs, under_way = look_at_runs(settings)
    return [
        Finding("settings", "ok", "every setting is known and usable"),
        *or_unreadable("layouts", _layouts(settings)),
        *or_unreadable("folders", _folders(settings)),
        *or_unreadable("registry", _registry(settings)),
        *_rescue(settings),
        *or_unreadable("inbox", overlooked(settings)),
        *or_unreadable("mailboxes", look_at_mailboxes(settings)),
        *_database(settings, under_way),
        *runs,
    ]


def _registry(settings: Settings) -> Iterator[Finding]:
    """What stands of the public registry; nothing where nobody set it up."""
    if missing := missing_registry(settings):
        what, _, advice = missing.partition("; ")
        yield Finding("registry", "error", f"{settings.registry}: {what}", advice)
    if not any(settings.registry.glob("*.arrow")):
        return
    from provider_assets.registry.status import status

    for one in status(settings.registry, today()):
        if one.error is not None:
            yield Finding(one.asset, "error", one.error, "see docs/registry.md")
        elif one.snapshot is not None:
            rows, age = counted(one.rows or 0, "row"), counted(one.age or 0, "day")
            told = f"{rows} of {one.snapshot}, {age} old"
            advice = "load its newest file; see docs/registry.md" if one.is_old else ""
            yield Finding(one.asset, "note" if one.is_old else "ok", told, advice)


def _rescue(settings: Settings) -> Iterator[Finding]:
    """Whether what is to convert odd files is there; nothing where nobody asked for it."""
    if settings.rescue is None:
        return
    program = find_office()
    if program is not None:
        yield Finding("rescue", "ok", f"LibreOffice is {program}")
        return
    yield Finding(
        "rescue",
        "error",
        "PROVIDER_ASSETS_RESCUE is soffice, and no soffice is in the usual places",
        "install LibreOffice (Debian: libreoffice-calc-nogui), or leave the setting out",
    )


def _layouts(settings: Settings) -> Iterator[Finding]:
    try:
        layouts = load_layouts(settings.layouts)
    except UsageError as error:
        yield Finding("layouts", "error", error.message, "see docs/layouts.md")
    else:
        yield Finding("layouts", "ok", ", ".join(layout.name for layout in layouts))
        # told where folders and the database are looked at
        with suppress(UsageError, StorageError, DatabaseError):
            yield from _passed_over(storage_at(settings.storage))


def _passed_over(storage: UPath) -> Iterator[Finding]:
    """Once a layout: columns of its latest rosters that may tell who has left, and are not read."""
    import pyarrow as pa

    from provider_assets.database.history import list_imports
    from provider_assets.orchestration.configured import readable_database
    from provider_assets.orchestration.frame_files import frame_path, kept_sources

    most = LOOKED_AT_ROSTERS if is_local(storage) else LOOKED_AT_IN_BUCKET
    latest = dict.fromkeys(each.roster for each in list_imports(readable_database(), most))
    found: dict[str, tuple[str, list[str]]] = {}
    for roster in latest:
        try:
            sources = list(kept_sources(storage, [roster]))
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
            yield _damaged(frame_path(storage, roster, "raw_providers"))
            continue
        for source in sources:
            headers = [header for sheet in source.sheets for header in sheet.passed_over]
            if headers:
                found.setdefault(source.layout, (source.file, headers))
    for layout, (file, headers) in found.items():
        names = ", ".join(repr(header) for header in dict.fromkeys(headers))
        yield Finding(
            f"layout {layout}",
            "note",
            f"in {file!r} it does not read {names}, which may tell who has left",
            "add it to the layout's terminations; see docs/layouts.md",
        )


def _damaged(frame: UPath) -> Finding:
    return Finding(
        "frames",
        "error",
        f"{str(frame)!r} is damaged, or cannot be read",
        "remove it, and materialize its partition again; the archive has the roster",
    )


def _folders(settings: Settings) -> Iterator[Finding]:
    folders = {"drop folder": settings.drop_folder, "Dagster's home": settings.dagster_home}
    yield from _bucket(settings)
    with suppress(UsageError):  # which was just told
        storage = storage_at(settings.storage)
        if is_local(storage):
            folders["storage"] = Path(storage.path)
    for name, folder in folders.items():
        yield from or_unreadable(name, _folder(name, folder))
    for place in dict.fromkeys((settings.home, *folders.values())):
        yield from or_unreadable("who may read", _who_may_read([place], settings.files_group))


def _bucket(settings: Settings) -> Iterator[Finding]:
    """Whether the storage can be asked, where it is a bucket."""
    try:
        storage = storage_at(settings.storage)
        if is_local(storage):
            return
        with in_words(storage):
            storage.fs.invalidate_cache()
            found = storage.fs.exists(storage.path.partition("/")[0])
    except (UsageError, StorageError) as error:
        yield Finding("storage", "error", error.message, "see docs/settings.md")
        return
    if found:
        yield Finding("storage", "ok", settings.storage)
    else:
        yield Finding("storage", "error", f"{settings.storage}: there is no such bucket", "make it")


def _who_may_read(places: Sequence[Path], group: str | None) -> Iterator[Finding]:
    """Folders with rows that others on this machine can enter, or that the group cannot."""
    there = [place for place in places if place.is_dir()]
    inside = [one for place in there for one in place.iterdir() if one.is_dir()]
    for place in there:
        if is_open_to_others(place):
            yield Finding(
                "who may read",
                "note",
                f"{place} is open to everybody on this machine",
                f"chmod -R o= {shlex.quote(str(place))}",
            )
    if group is None:
        return
    lacking = [place for place in (*there, *inside) if not belongs_to(place, group)]
    for place in there:
        if place in lacking or any(one.parent == place for one in lacking):
            named, path = shlex.quote(group), shlex.quote(str(place))
            yield Finding(
                "who may read",
                "note",
                f"not all in {place} is of the group {group}, or hands it on",
                f"chgrp -R {named} {path} && chmod -R g+rX,o= {path} "
                f"&& find {path} -type d -exec chmod g+s {{}} +",
            )


def _folder(name: str, folder: Path) -> Iterator[Finding]:
    standing = next(each for each in (folder, *folder.parents) if each.exists())
    if not standing.is_dir():
        yield Finding(name, "error", f"{standing} is not a folder", "move it, or name another")
        return
    if not os.access(standing, os.W_OK | os.X_OK):
        yield Finding(
            name, "error", f"{standing} cannot be written to", "give this user the right to write"
        )
        return
    free = disk_usage(standing).free
    if free < LITTLE_SPACE:
        yield Finding(name, "error", f"only {free // 2**20} MB are free in {standing}", "make room")
        return
    missing = "" if folder.exists() else " (is made by the first load)"
    yield Finding(name, "ok", f"{folder}{missing}")


def _database(settings: Settings, under_way: frozenset[str]) -> list[Finding]:
    try:
        address = replace(database_address(Platform(given=settings)), tries=1)
        return diagnose(open_database(address), under_way)
    except UsageError as error:
        return [Finding("database", "error", error.message, "see docs/settings.md")]
