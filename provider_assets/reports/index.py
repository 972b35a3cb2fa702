"""The trend: pages over the imports, by source and over time, read from history alone.

The newest imports stand on `index.html`, older ones on a page for each 500. What a page costs
depends on how many imports it shows, never on how many rows they had or how many came before. The
pictures are in `trend`.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from provider_assets.moments import local_day, minute
from provider_assets.providers.imports import ImportRecord
from provider_assets.reading.mailbox.port import REJECTS, REPORTS, RETURNS
from provider_assets.reports.advice import advice_for
from provider_assets.reports.blocks import (
    INDEX,
    InOrder,
    bears,
    count_pages,
    older_page,
    pages_to_look_at,
)
from provider_assets.reports.families import family
from provider_assets.reports.files import written_aside
from provider_assets.reports.names import claimed_name, possible_names
from provider_assets.reports.page import render
from provider_assets.reports.trend import (
    codes_svg,
    confirmed_svg,
    rates_svg,
    rows_svg,
)

NEWEST = 500
_SOURCES = 50
_FILES = {
    "rejects": (REJECTS, "_rejects"),
    "filtered": (REJECTS, "_filtered"),
    "return file": (RETURNS, ""),
}
_ENDINGS = ("xlsx", "csv")


@dataclass(frozen=True)
class ListedImport:
    """One import as the page lists it.

    `links` are names and relative addresses of its files, `advice` what to do where it failed.
    `mended_by` are the imports of this page that correct rows of it, `mends_here` tells whether
    the one that it corrects is on this page.
    """

    record: ImportRecord
    when: str
    source: str
    advice: str
    report: str | None
    links: tuple[tuple[str, str], ...]
    mended_by: tuple[int, ...]
    mends_here: bool


@dataclass(frozen=True)
class Source:
    """What came from one source: rosters of one layout whose files are called alike."""

    layout: str
    name: str
    imports: int
    failed: int
    read: int
    wrong: int
    last: str

    @property
    def rate(self) -> float:
        """Rows that need a correction over read rows."""
        return self.wrong / self.read if self.read else 0.0


def write_index(
    reports_folder: Path,
    imports: InOrder,
    newest: int = NEWEST,
    changed: Collection[str] | None = None,
) -> Path:
    """Write `index.html` over the newest imports, and a page for each block of older ones.

    An older page stays as it is while its imports do; where `changed` names the contents (sha256)
    that something became of, only the pages that show them are looked at, those that are not
    there yet, and those whose imports moved up. Returns the path of `index.html`.
    """
    reports_folder.mkdir(parents=True, exist_ok=True)
    total, last = len(imports), count_pages(imports, newest)
    there = _there(reports_folder.parent)

    def renew(number: int) -> bool:
        block = imports[(number - 1) * newest : number * newest]
        path = reports_folder / older_page(number)
        newer = older_page(number + 1) if number < last else INDEX
        older = older_page(number - 1) if number > 1 else None
        stood = bears(path, _mark(block, there, newer, older))
        if not stood:
            _write(path, block, there, total, newer, older)
        return not stood

    done = {
        number: renew(number)
        for number in pages_to_look_at(imports, newest, there[REPORTS], changed)
    }
    if last and changed and imports.any_moved(changed):
        # every page from the place that it left has other imports now, and none before it
        for number in range(last, 0, -1):
            if not (done[number] if number in done else renew(number)):
                break
    latest = reports_folder / INDEX
    older = older_page(last) if last else None
    _write(latest, imports[max(0, total - newest) :], there, total, None, older)
    return latest


def _write(
    path: Path,
    block: Sequence[ImportRecord],
    there: Mapping[str, Collection[str]],
    total: int,
    newer: str | None,
    older: str | None,
) -> None:
    shown = list(reversed(block))
    page = render(
        "index.html.j2",
        mark=_mark(block, there, newer, older),
        imports=[_listed(path.parent, record, there, block) for record in shown],
        total=total,
        newer=newer,
        older=older,
        written=minute(datetime.now(UTC)),
        states=sorted({record.state for record in shown}),
        sources=_sources(shown),
        pictures=[Markup(svg) for svg in _pictures(shown)],  # noqa: S704 - drawn by us
    )
    with written_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")


def _mark(
    block: Sequence[ImportRecord],
    there: Mapping[str, Collection[str]],
    newer: str | None,
    older: str | None,
) -> str:
    """What differs when the page would: an import, its state or end, a page beside it, a link."""
    told = [
        (record.id, record.state, record.finished, _report(name, there), *_links(name, there))
        for record in block
        for name in possible_names(record.roster, local_day(record.started))
    ]
    return hashlib.sha256(repr((told, newer, older)).encode()).hexdigest()[:16]


def _there(drop_folder: Path) -> Mapping[str, Collection[str]]:
    """The names in the folders that an import's files lie in, each folder looked at once."""
    folders = (REPORTS, REJECTS, RETURNS)
    return {name: _names(drop_folder / name) for name in folders}


def _names(folder: Path) -> Collection[str]:
    if not folder.is_dir():
        return frozenset()
    with os.scandir(folder) as found:
        return frozenset(each.name for each in found)


def _sources(newest_first: Sequence[ImportRecord]) -> list[Source]:
    """The sources, those with the highest reject rate first."""
    found = [_source(name, group) for name, group in _by_source(newest_first).items()]
    return sorted(found, key=lambda source: (-source.rate, -source.failed))[:_SOURCES]


def _by_source(newest_first: Sequence[ImportRecord]) -> dict[tuple[str, str], list[ImportRecord]]:
    """The imports by layout and family, the source that was last heard of first.

    A file that could not be read has no layout: it counts as its family's newest one that was.
    """
    known: dict[str, str] = {}
    for record in newest_first:
        if record.layout:
            known.setdefault(family(record.file), record.layout)
    sources: dict[tuple[str, str], list[ImportRecord]] = {}
    for record in newest_first:
        name = family(record.file)
        sources.setdefault((record.layout or known.get(name, ""), name), []).append(record)
    return sources


def _pictures(newest_first: Sequence[ImportRecord]) -> Iterator[str]:
    if newest_first:
        yield rows_svg(newest_first)
        sources = _by_source(newest_first).items()
        named = {
            f"{name} ({layout})" if layout else name: imports for (layout, name), imports in sources
        }
        yield rates_svg(named)
        if any(record.registry is not None for record in newest_first):
            yield confirmed_svg(named)
    if any(record.rows.wrong for record in newest_first):
        yield codes_svg(newest_first)


def _listed(
    folder: Path,
    record: ImportRecord,
    there: Mapping[str, Collection[str]],
    block: Sequence[ImportRecord],
) -> ListedImport:
    name = claimed_name(folder, record.roster, local_day(record.started))
    return ListedImport(
        record=record,
        when=minute(record.finished),
        source=family(record.file),
        advice=advice_for(record.error[0]) if record.error else "",
        report=_report(name, there) if name else None,
        links=tuple(_links(name, there)) if name else (),
        mended_by=tuple(one.id for one in block if one.mends == record.id),
        mends_here=any(one.id == record.mends for one in block),
    )


def _report(name: str, there: Mapping[str, Collection[str]]) -> str | None:
    report = f"{name}.html"
    return quote(report) if report in there[REPORTS] else None


def _links(name: str, there: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    """The files beside a report, as far as they are there (still)."""
    for told, (folder, part) in _FILES.items():
        for ending in _ENDINGS:
            file = f"{name}{part}.{ending}"
            if file in there[folder]:
                yield told, f"../{folder}/{quote(file)}"


def _source(source: tuple[str, str], newest_first: Sequence[ImportRecord]) -> Source:
    layout, name = source
    return Source(
        layout=layout,
        name=name,
        imports=len(newest_first),
        failed=sum(record.state == "failed" for record in newest_first),
        read=sum(record.rows.read for record in newest_first),
        wrong=sum(record.rows.wrong for record in newest_first),
        last=minute(newest_first[0].finished),
    )
