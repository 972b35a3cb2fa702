"""The trend: one page over the imports, by source and over time, read from history alone.

Its cost depends on how many imports it shows, never on how many rows they had. The pictures are
in `trend`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from provider_assets.providers.imports import ImportRecord
from provider_assets.reports.files import written_aside
from provider_assets.reports.names import claimed_name, local_day
from provider_assets.reports.page import render
from provider_assets.reports.trend import rates_svg, rows_svg

NEWEST = 500
INDEX = "index.html"


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
    """What came from one source: all imports of one layout."""

    layout: str
    imports: int
    read: int
    rejected: int
    failed: int
    last: str
    picture: Markup

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
    listed = [_listed(reports_folder, record) for record in shown]
    oldest_first = shown[::-1]
    page = render(
        "index.html.j2",
        imports=listed,
        more=len(imports) - len(shown),
        sources=_sources(listed),
        picture=Markup(rows_svg(oldest_first)) if shown else None,  # noqa: S704 - drawn by us
    )
    path = reports_folder / INDEX
    with written_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")
    return path


def _listed(folder: Path, record: ImportRecord) -> ListedImport:
    rejected = record.rows.invalid + record.rows.duplicate
    return ListedImport(
        record=record,
        when=record.finished.astimezone().strftime("%Y-%m-%d %H:%M"),
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


def _sources(listed: Iterable[ListedImport]) -> list[Source]:
    """The imports by layout, the one that was last heard of first."""
    by_layout = sorted(listed, key=lambda one: (one.record.layout, -one.record.id))
    sources = [
        _source(layout, list(group))
        for layout, group in groupby(by_layout, key=lambda one: one.record.layout)
    ]
    return sorted(sources, key=lambda source: source.last, reverse=True)


def _source(layout: str, newest_first: list[ListedImport]) -> Source:
    return Source(
        layout=layout,
        imports=len(newest_first),
        read=sum(one.record.rows.read for one in newest_first),
        rejected=sum(one.rejected for one in newest_first),
        failed=sum(one.record.state == "failed" for one in newest_first),
        last=newest_first[0].when,
        picture=Markup(rates_svg(layout, [one.rate for one in reversed(newest_first)])),  # noqa: S704 - drawn by us
    )
