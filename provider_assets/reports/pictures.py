"""Pictures as inline SVG: what became of the rows, and why rows did not load.

Drawn by pygal; here are only the choice of chart, the colours for light and dark, and the text
alternative. A picture asks the network for nothing and runs no script.
"""

import base64
from typing import Any

import pygal
from pygal.style import Style

from provider_assets.providers.roster import RosterOutcome
from provider_assets.reports.reasons import words_for
from provider_assets.reports.summary import number, ranked

_MOST_REASONS = 8


def outcomes_svg(outcome: RosterOutcome) -> str:
    """One bar: how many rows loaded, need a correction, are duplicates."""
    rows = outcome.rows
    parts = [
        ("Loaded", rows.clean),
        ("Needs a correction", rows.invalid),
        ("Duplicate", rows.duplicate),
    ]
    chart = pygal.HorizontalStackedBar(**_config(height=150), show_y_labels=False)
    for name, count in parts:
        chart.add(name, [count])
    told = "; ".join(f"{name}: {number(count)}" for name, count in parts)
    return _render(chart, "What became of the rows", told)


def reasons_svg(outcome: RosterOutcome) -> str:
    """A bar a reason: how many rows did not load because of it."""
    counted = ranked(outcome.reasons)[:_MOST_REASONS]
    chart = pygal.HorizontalBar(**_config(height=60 + 40 * len(counted)), show_legend=False)
    chart.x_labels = [code for code, _ in counted]
    chart.add("rows", [count for _, count in counted])
    told = "; ".join(f"{words_for(code).sentence} {number(count)}" for code, count in counted)
    return _render(chart, "Why rows did not load", told or "no row was left out")


def data_uri(svg: str) -> str:
    """The picture as an address that holds it, for an `<img>` or Markdown."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _config(height: int) -> dict[str, Any]:
    return {
        "js": [],
        "width": 640,
        "height": height,
        "style": Style(),
        "disable_xml_declaration": True,
        "print_values": True,
    }


def _render(chart: pygal.Graph, title: str, told: str) -> str:
    chart.title = title
    text: str = chart.render(is_unicode=True)
    return text
