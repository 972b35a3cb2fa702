"""A registry file into its store: the one function that the command and the assets call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from provider_assets.errors import RegistryError
from provider_assets.providers.counted import counted
from provider_assets.registry import exclusions, merging, nppes, store
from provider_assets.registry.columns import COLUMNS
from provider_assets.registry.sources import Source, find_source
from provider_assets.registry.store import About, SourceFile, Store

_AHEAD = timedelta(days=1)  # of a day that begins earlier elsewhere
_SHRUNK = 0.5  # a full file with fewer of the store's rows than this is no full file


@dataclass(frozen=True)
class Loaded:
    """What became of a file: the store as it is now, and whether the file changed it.

    `notes` are sentences for whoever brought it.
    """

    file: str
    about: About
    size: int
    changed: bool
    notes: tuple[str, ...] = ()


def load_file(path: Path, folder: Path, today: date) -> Loaded:
    """Take one file into the store in `folder`; a file that it is made of already changes nothing.

    Raises RegistryError, one sentence, where the file cannot be used; the store is as it was.
    """
    return _load(find_source(path), folder, today)


def _load(source: Source, folder: Path, today: date) -> Loaded:
    with store.writing(folder):
        held = _held(folder, source)
        if held is not None and _is_held(source, held):
            return Loaded(source.name, held.about, held.size, False, ("is loaded already",))
        about, columns, notes = _MAKERS[source.kind](source, held, today)
        size = store.write_store(folder, about, columns)
    return Loaded(source.name, about, size, True, notes)


def _held(folder: Path, source: Source) -> Store | None:
    """The store that the file changes; a whole file takes the place of one that nobody can read."""
    try:
        return store.open_store(folder, source.kind)
    except RegistryError:
        if source.is_weekly:
            raise
        return None


def _is_held(source: Source, held: Store) -> bool:
    """Whether the store is made of this file, and of the other names that came with it."""
    return any(
        one.sha256 == source.sha256 and (one.others or source.others is None)
        for one in held.about.files
    )


def load_all(paths: Sequence[Path], folder: Path, today: date) -> list[Loaded]:
    """Files into their stores, the full one first and then by their days.

    What the store is newer than is passed over with a note. Raises RegistryError for the first
    file that cannot be used; those before it are loaded.
    """
    sources = sorted(map(find_source, paths), key=lambda one: (one.is_weekly, one.end or today))
    done = []
    for source in sources:
        held = _held(folder, source)
        if held is not None and source.end is not None and _is_outdated(source, held):
            note = f"is of {source.end}, and the store is newer; it was skipped"
            done.append(Loaded(source.name, held.about, held.size, False, (note,)))
        else:
            done.append(_load(source, folder, today))
    return done


def _is_outdated(source: Source, held: Store) -> bool:
    """Whether a file lies there from before, and is not one of those that the store is made of."""
    if source.sha256 in {one.sha256 for one in held.about.files}:
        return False
    full = next((one.end for one in held.about.files if not one.weekly), held.about.snapshot)
    return str(source.end) <= full


Made = tuple[About, Mapping[str, pa.Array], tuple[str, ...]]


def _providers(source: Source, held: Store | None, today: date) -> Made:
    if source.start is None or source.end is None:
        raise RegistryError(
            f"{source.name}: its name does not say which days it covers, so it is unclear whether "
            "the file is whole; keep the name npidata_pfile_YYYYMMDD-YYYYMMDD.csv that it came with"
        )
    _not_of_the_future(source.name, source.end, today)
    notes = _in_its_turn(source, source.start, source.end, held)
    entries = nppes.read_entries(source, merging.day_number(source.end), held)
    rows = len(entries.columns["npi"])
    if source.others is None:
        notes.append(
            "no othername_pfile_….csv came with it, so that what organizations do business as is "
            + ("as it was" if entries.keeps_others else "not known")
        )
    if entries.passed_over:
        notes.append(f"{counted(entries.passed_over, 'row')} without an NPI passed over")
    file = _file(source, rows, source.end)
    parts: list[merging.Parts] = [entries.columns]
    files: tuple[SourceFile, ...] = (file,)
    if held is not None and source.is_weekly:
        parts, files = (
            [merging.as_parts(_held_columns(held)), entries.columns],
            (*_without(source, held), file),
        )
    elif held is not None:
        later = _later_than(held, source.end)
        kept = tuple(one for one in held.about.files if one.weekly and one.end > file.end)
        _not_shrunk(source.name, rows, held)
        parts, files = [entries.columns, merging.as_parts(later)], (file, *kept)
    columns = merging.merged(parts, merging.newest_rows(parts))
    snapshot = max(one.end for one in files)
    parted = merging.counts(columns)
    about = About(source.kind, snapshot, files, len(columns["npi"]), parted)
    return about, columns, tuple(notes)


def _in_its_turn(source: Source, start: date, end: date, held: Store | None) -> list[str]:
    """Whether a file may follow what the store holds; what is missing between is told."""
    if held is None:
        if source.is_weekly:
            raise RegistryError(
                f"{source.name}: holds one week's changes, and the store has no full file yet; "
                "load the monthly file first"
            )
        return []
    full = next(one.end for one in held.about.files if not one.weekly)
    if end.isoformat() <= full and len(_without(source, held)) == len(held.about.files):
        raise RegistryError(
            f"{source.name}: is of {end}, and the store holds the full file of {full}, "
            "which has all that and more; nothing was changed"
        )
    gap = (start - held.about.day).days - 1
    if source.is_weekly and gap > 0:
        return [
            f"what changed from {held.about.day + timedelta(1)} to {start - timedelta(1)} "
            "is missing: load the weekly files of those days, or the next monthly one"
        ]
    return []


def _without(source: Source, held: Store) -> tuple[SourceFile, ...]:
    """The files of a store but for this one, which is loaded again."""
    return tuple(one for one in held.about.files if one.sha256 != source.sha256)


def _held_columns(held: Store) -> dict[str, pa.Array]:
    return {name: held.batch.column(name) for name in COLUMNS}


def _later_than(held: Store, day: date) -> dict[str, pa.Array]:
    """The rows that weekly files brought after this day."""
    columns = _held_columns(held)
    return merging.some_rows(columns, columns["seen"].to_numpy() > merging.day_number(day))


def _not_shrunk(name: str, rows: int, held: Store) -> None:
    if rows < _SHRUNK * held.about.rows:
        raise RegistryError(
            f"{name}: holds {counted(rows, 'row')} where the store holds {held.about.rows}, and "
            "NPPES never takes one out; the file is cut off: download it again"
        )


def _deactivations(source: Source, held: Store | None, today: date) -> Made:
    # openpyxl is what only this report needs, and the build of the large store has no room for it
    from provider_assets.registry import deactivations

    columns = deactivations.read_deactivations(source)
    newest = merging.as_day(max(columns["deactivated"].to_numpy()))
    day = source.end or newest
    _newer(source, day, held, today)
    file = _file(source, len(columns["npi"]), day)
    return About(source.kind, file.end, (file,), file.rows), columns, ()


def _exclusions(source: Source, held: Store | None, today: date) -> Made:
    columns, without = exclusions.read_exclusions(source)
    day = source.end or _written_day(exclusions.newest_day(columns)) or today
    _newer(source, day, held, today)
    file = _file(source, len(columns["npi"]) + without, day)
    parted = {"with_npi": len(columns["npi"]), "without_npi": without}
    note = (
        f"{counted(without, 'row', 'has', 'have')} no NPI, so no roster can be checked against them"
    )
    notes = (note,) if without else ()
    return About(source.kind, file.end, (file,), file.rows, parted), columns, notes


def _written_day(digits: int) -> date | None:
    try:
        return date(digits // 10_000, digits // 100 % 100, digits % 100)
    except ValueError:
        return None


def _newer(source: Source, day: date, held: Store | None, today: date) -> None:
    _not_of_the_future(source.name, day, today)
    if held is not None and day < held.about.day:
        raise RegistryError(
            f"{source.name}: is of {day}, and the store holds that of {held.about.day}; nothing "
            "was changed"
        )


def _not_of_the_future(name: str, day: date, today: date) -> None:
    if day > today + _AHEAD:
        raise RegistryError(
            f"{name}: is of {day}, which is yet to come; look at its name, and at this machine's "
            "clock"
        )


def _file(source: Source, rows: int, day: date) -> SourceFile:
    start = source.start.isoformat() if source.start else None
    return SourceFile(
        source.name,
        source.sha256,
        source.size,
        rows,
        start,
        day.isoformat(),
        weekly=source.is_weekly,
        others=source.others is not None,
    )


_MAKERS: dict[str, Callable[[Source, Store | None, date], Made]] = {
    "npi_registry": _providers,
    "npi_deactivations": _deactivations,
    "exclusions": _exclusions,
}
