"""Pictures of many imports: rows by day, rates by source, rejected rows by code. Counts only."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, log10

import pygal

from provider_assets.moments import local_day
from provider_assets.providers.codes import TERMINATED
from provider_assets.providers.imports import ImportRecord
from provider_assets.reports.pictures import chart_config, render_chart
from provider_assets.reports.reasons import is_duplicate
from provider_assets.reports.summary import number

MOST_DAYS = 30
MOST_LINES = 3
ALWAYS = 3  # of the fates of rows, so many are in each picture
NOT_LOADED = "Passed, not loaded"
_MARKS = 4


def rows_svg(imports: Sequence[ImportRecord]) -> str:
    """A column a day, the newest days that had imports: what became of the rows."""
    days: dict[str, list[int]] = {}
    for record in imports:
        sums = days.setdefault(local_day(record.started), [0, 0, 0, 0, 0])
        loaded, rows = record.loaded, record.rows
        parts = (loaded, rows.wrong, rows.duplicate, rows.clean - loaded, rows.left)
        for at, count in enumerate(parts):
            sums[at] += count
    newest = sorted(days.items())[-MOST_DAYS:]
    config = _by_day([day for day, _ in newest])
    config.y_labels = marks(max((sum(sums) for _, sums in newest), default=0), whole=True)
    names = ["Loaded", "To correct", "Duplicates", NOT_LOADED, "Have left"]
    shown = [at for at in range(len(names)) if at < ALWAYS or any(sums[at] for _, sums in newest)]
    # pygal makes room for whole rows of the legend only: three names in two columns are cut
    config.legend_at_bottom_columns = 3 if len(shown) == ALWAYS else 2
    chart = pygal.StackedBar(config, height=290, value_formatter=lambda n: number(int(n)))
    for at in shown:
        chart.add(names[at], [sums[at] for _, sums in newest])
    told = "; ".join(f"{day}: {number(sum(sums))} read" for day, sums in newest[-3:])
    return render_chart(chart, "rows", "Rows by day", told)


def rates_svg(sources: Mapping[str, Sequence[ImportRecord]]) -> str:
    """A line a source, rejected over read rows by day: the sources with the highest rate."""
    rates = {name: _by_days(imports, _rejected) for name, imports in worst(sources).items()}
    return _lines("rates", "Reject rate by day, the worst sources", rates, percent)


def confirmed_svg(sources: Mapping[str, Sequence[ImportRecord]]) -> str:
    """A line a source, the share of its clean rows that the public registry confirms, by day."""
    shares = {name: _by_days(imports, _confirmed) for name, imports in worst(sources).items()}
    return _lines("confirmed", "Confirmed by the registry, by day", shares, percent)


def codes_svg(imports: Sequence[ImportRecord]) -> str:
    """A line a code, rows to correct by day: the codes that most rows had."""
    days: dict[str, dict[str, float]] = {}
    for record in imports:
        for code, count in record.reasons.items():
            if is_duplicate(code) or code == TERMINATED:
                continue
            by_day = days.setdefault(code, {})
            day = local_day(record.started)
            by_day[day] = by_day.get(day, 0) + count
    most = sorted(days.items(), key=lambda one: (-sum(one[1].values()), one[0]))[:MOST_LINES]
    return _lines(
        "codes", "Rows to correct by day, the most frequent reasons", dict(most),
        lambda count: number(int(count)), whole=True,
    )  # fmt: skip


def worst(
    sources: Mapping[str, Sequence[ImportRecord]], most: int = MOST_LINES
) -> dict[str, Sequence[ImportRecord]]:
    """The sources with the highest share of rejected rows; those without a row have none."""

    def rate(imports: Sequence[ImportRecord]) -> float:
        read = sum(record.rows.read for record in imports)
        return sum(record.rows.wrong for record in imports) / read if read else 0.0

    read = {name: one for name, one in sources.items() if any(each.rows.read for each in one)}
    return dict(sorted(read.items(), key=lambda one: (-rate(one[1]), one[0]))[:most])


def marks(highest: float, *, whole: bool = False) -> list[float]:
    """At most six marks from 0 on, each of them another number when it is written down."""
    if highest <= 0:
        return [0, 1] if whole else [0.0]
    rough = highest / _MARKS
    ten = 10 ** (ceil(log10(rough)) - 1)
    step = next(ten * factor for factor in (1, 2, 5, 10) if ten * factor >= rough)
    step = max(1, round(step)) if whole else step
    return [round(step * at, 6) for at in range(ceil(round(highest / step, 6)) + 1)]


def percent(rate: float) -> str:
    """A rate with as many places as it needs: `12%`, `0.5%`."""
    return f"{rate * 100:.3g}%"


def _lines(
    kind: str,
    title: str,
    lines: Mapping[str, Mapping[str, float]],
    shown: Callable[[float], str],
    *,
    whole: bool = False,
) -> str:
    days = sorted({day for one in lines.values() for day in one})[-MOST_DAYS:]
    config = _by_day(days)
    values = [value for one in lines.values() for value in one.values()]
    if values:
        config.y_labels = marks(max(values), whole=whole)
    chart = pygal.Line(
        config,
        legend_at_bottom_columns=1,
        height=300,
        value_formatter=shown,
        include_x_axis=True,
        allow_interruptions=False,
        dots_size=2.5,
        show_x_guides=False,
    )
    for name, one in lines.items():
        chart.add(name, [one.get(day) for day in days])
    told = "; ".join(
        f"{name}: {shown(one[max(one)])} on {max(one)}" for name, one in lines.items() if one
    )
    return render_chart(chart, f"lines {kind}", title, told)


def _rejected(record: ImportRecord) -> tuple[int, int]:
    return record.rows.wrong, record.rows.read


def _confirmed(record: ImportRecord) -> tuple[int, int]:
    asked = record.registry
    if asked is None or asked.confirmed is None:
        return 0, 0
    return asked.confirmed, asked.rows


def _by_days(
    imports: Sequence[ImportRecord], share: Callable[[ImportRecord], tuple[int, int]]
) -> dict[str, float]:
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
    config.legend_at_bottom = True
    config.legend_at_bottom_columns = 2
    config.truncate_legend = 44
    config.truncate_label = -1
    config.margin_right = 30
    return config
