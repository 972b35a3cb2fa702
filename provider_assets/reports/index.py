"""The trend: one page over the imports, by source and over time, read from history alone.

Its cost depends on how many imports it shows, never on how many rows they had. The pictures are
in `trend`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from provider_assets.providers.imports import ImportRecord
from provider_assets.reports.files import written_aside
from provider_assets.reports.names import claimed_name, local_day
from provider_assets.reports.page import render
from provider_assets.reports.trend import confirmed_svg, rates_svg, rows_svg

NEWEST = 500
INDEX = "index.html"
_SOURCES = 50


@dataclass(frozen=True)
class ListedImport:
    """One import as the page lists it; `report` is the relative address of its report, if any."""

    record: ImportRecord
    when: str
    rejected: int
    rate: float
    report: str | None


@dataclass(frozen=True)
class Source:
    """What came from one source: rosters of one layout whose files are called alike."""

    layout: str
    name: str
    imports: int
    failed: int
    read: int
    rejected: int
    last: str

    @property
    def rate(self) -> float:
        """Rejected rows over read rows."""
        return self.rejected / self.read if self.read else 0.0


def write_index(
    reports_folder: Path, imports: Sequence[ImportRecord], newest: int = NEWEST
) -> Path:
    """Write `index.html` over the newest imports; `imports` may come in any order."""
    reports_folder.mkdir(parents=True, exist_ok=True)
    shown = sorted(imports, key=lambda record: record.id, reverse=True)[:newest]
    page = render(
        "index.html.j2",
        imports=[_listed(reports_folder, record) for record in shown],
        more=len(imports) - len(shown),
        sources=[
            _source(name, group) for name, group in list(_by_source(shown).items())[:_SOURCES]
        ],
        pictures=[Markup(svg) for svg in _pictures(shown)],  # noqa: S704 - drawn by us
    )
    path = reports_folder / INDEX
    with written_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")
    return path


def family(file: str) -> str:
    """What the files of one source have in common: the name without dates, numbers and endings.

    `Mercy_2025-05.xlsx`, `mercy 06.csv` and `mercy_2025-05-01_rejects.xlsx` are all `mercy`.
    """
    stem = re.sub(r"_\d{4}-\d{2}-\d{2}_(rejects|filtered)(_\d+)?", "", Path(file).stem)
    return " ".join(re.sub(r"[\d\W_]+", " ", stem).casefold().split()) or stem


def _by_source(newest_first: Sequence[ImportRecord]) -> dict[tuple[str, str], list[ImportRecord]]:
    """The imports by layout and family, the source that was last heard of first."""
    sources: dict[tuple[str, str], list[ImportRecord]] = {}
    for record in newest_first:
        sources.setdefault((record.layout, family(record.file)), []).append(record)
    return sources


def _pictures(newest_first: Sequence[ImportRecord]) -> Iterator[str]:
    if newest_first:
        yield rows_svg(newest_first)
        sources = _by_source(newest_first).items()
        busiest = sorted(sources, key=lambda source: len(source[1]), reverse=True)
        named = {f"{name} ({layout})": imports for (layout, name), imports in busiest}
        yield rates_svg(named)
        if any(record.registry is not None for record in newest_first):
            yield confirmed_svg(named)


def _listed(folder: Path, record: ImportRecord) -> ListedImport:
    rejected = record.rows.invalid
    return ListedImport(
        record=record,
        when=_when(record),
        rejected=rejected,
        rate=rejected / record.rows.read if record.rows.read else 0.0,
        report=_report(folder, record),
    )


def _report(folder: Path, record: ImportRecord) -> str | None:
    """The address of an import's report, None where there is none (any more)."""
    name = claimed_name(folder, record.roster, local_day(record.started))
    if name is None or not (folder / f"{name}.html").is_file():
        return None
    return quote(f"{name}.html")


def _source(source: tuple[str, str], newest_first: Sequence[ImportRecord]) -> Source:
    layout, name = source
    return Source(
        layout=layout,
        name=name,
        imports=len(newest_first),
        failed=sum(record.state == "failed" for record in newest_first),
        read=sum(record.rows.read for record in newest_first),
        rejected=sum(record.rows.invalid for record in newest_first),
        last=_when(newest_first[0]),
    )


def _when(record: ImportRecord) -> str:
    return record.finished.astimezone().strftime("%Y-%m-%d %H:%M")
