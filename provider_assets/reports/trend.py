"""Pictures of many imports: rows by day, shares by source and day. Counts only."""

from collections.abc import Callable, Mapping, Sequence

import pygal

from provider_assets.providers.imports import ImportRecord
from provider_assets.reports.names import local_day
from provider_assets.reports.pictures import chart_config, render_chart
from provider_assets.reports.summary import number

MOST_DAYS = 30
MOST_SOURCES = 3


def rows_svg(imports: Sequence[ImportRecord]) -> str:
    """A column a day, the newest days that had imports: rows that passed, invalid, duplicate."""
    days: dict[str, list[int]] = {}
    for record in imports:
        sums = days.setdefault(local_day(record.started), [0, 0, 0])
        rows = record.rows
        for at, count in enumerate((rows.clean, rows.invalid, rows.duplicate)):
            sums[at] += count
    newest = sorted(days.items())[-MOST_DAYS:]
    chart = pygal.StackedBar(
        _by_day([day for day, _ in newest]), value_formatter=lambda n: number(int(n))
    )
    for at, name in enumerate(("Passed", "To correct", "Duplicates")):
        chart.add(name, [sums[at] for _, sums in newest])
    told = "; ".join(f"{day}: {number(sum(sums))} read" for day, sums in newest[-3:])
    return render_chart(chart, "rows", "Rows by day", told)


def rates_svg(sources: Mapping[str, Sequence[ImportRecord]]) -> str:
    """A line a source, rejected over read rows by day; at most `MOST_SOURCES` of them."""
    return _lines(sources, _rejected, "rates", "Reject rate by day")


def confirmed_svg(sources: Mapping[str, Sequence[ImportRecord]]) -> str:
    """A line a source, the share of its clean rows that the public registry confirms, by day."""
    return _lines(sources, _confirmed, "rates confirmed", "Confirmed by the registry, by day")


Share = Callable[[ImportRecord], tuple[int, int]]


def _rejected(record: ImportRecord) -> tuple[int, int]:
    return record.rows.invalid, record.rows.read


def _confirmed(record: ImportRecord) -> tuple[int, int]:
    asked = record.registry
    if asked is None or asked.confirmed is None:
        return 0, 0
    return asked.confirmed, asked.rows


def _lines(
    sources: Mapping[str, Sequence[ImportRecord]], share: Share, name: str, title: str
) -> str:
    shown = dict(list(sources.items())[:MOST_SOURCES])
    rates = {source: _by_days(imports, share) for source, imports in shown.items()}
    days = sorted({day for one in rates.values() for day in one})[-MOST_DAYS:]
    chart = pygal.Line(
        _by_day(days),
        legend_at_bottom_columns=1,
        height=300,
        value_formatter=lambda rate: f"{rate:.0%}",
        include_x_axis=True,
        allow_interruptions=False,
        dots_size=2.5,
        show_x_guides=False,
    )
    for source, one in rates.items():
        chart.add(source, [one.get(day) for day in days])
    told = "; ".join(
        f"{source}: {one[max(one)]:.1%} on {max(one)}" for source, one in rates.items() if one
    )
    return render_chart(chart, name, title, told)


def _by_days(imports: Sequence[ImportRecord], share: Share) -> dict[str, float]:
    days: dict[str, list[int]] = {}
    for record in imports:
        sums = days.setdefault(local_day(record.started), [0, 0])
        for at, count in enumerate(share(record)):
            sums[at] += count
    return {day: part / whole for day, (part, whole) in days.items() if whole}


def _by_day(days: Sequence[str]) -> pygal.Config:
    config = chart_config(260)
    config.x_labels = list(days)
    config.x_labels_major_count = 3
    config.show_minor_x_labels = False
    config.y_labels_major_count = 4
    config.show_minor_y_labels = False
    config.legend_at_bottom = True
    config.legend_at_bottom_columns = 3
    config.truncate_legend = 44
    config.truncate_label = -1
    config.margin_right = 30
    return config
