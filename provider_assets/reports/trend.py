"""Pictures of many imports: rows over time, and a source's reject rate. Counts only."""

from collections.abc import Sequence

import pygal

from provider_assets.providers.imports import ImportRecord
from provider_assets.reports.names import local_day
from provider_assets.reports.pictures import chart_config, render_chart
from provider_assets.reports.summary import number

MOST_DAYS = 30
MOST_RATES = 30


def rows_svg(oldest_first: Sequence[ImportRecord]) -> str:
    """A column a day, the newest days that had imports: rows clean, invalid, duplicate."""
    days: dict[str, list[int]] = {}
    for record in oldest_first:
        sums = days.setdefault(local_day(record.started), [0, 0, 0])
        rows = record.rows
        for at, count in enumerate((rows.clean, rows.invalid, rows.duplicate)):
            sums[at] += count
    newest = sorted(days.items())[-MOST_DAYS:]
    chart = pygal.StackedBar(
        chart_config(260),
        show_x_labels=True,
        show_minor_x_labels=False,
        x_labels_major_count=3,
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        truncate_legend=-1,
        truncate_label=-1,
        margin_left=12,
        margin_right=24,
    )
    chart.x_labels = [day for day, _ in newest]
    for at, name in enumerate(("Passed", "To correct", "Duplicates")):
        chart.add(name, [sums[at] for _, sums in newest])
    told = "; ".join(f"{day}: {number(sum(sums))} read" for day, sums in newest[-3:])
    return render_chart(chart, "trend", "Rows by day", told)


def rates_svg(layout: str, rates: Sequence[float]) -> str:
    """A small line of a source's reject rates, the oldest first; 0 at the bottom, 100 % on top."""
    newest = list(rates[-MOST_RATES:])
    chart = pygal.Bar(
        chart_config(48),
        show_legend=False,
        show_x_labels=False,
        show_y_labels=False,
        show_y_guides=False,
        range=(0, 1),
        margin=2,
    )
    chart.add("", newest)
    told = ", ".join(f"{rate:.1%}" for rate in newest[-5:])
    return render_chart(chart, "spark", "", f"reject rate of {layout}, newest last: {told}")
