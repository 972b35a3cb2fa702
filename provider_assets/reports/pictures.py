"""Pictures as SVG: what became of the rows, and why rows did not load. Counts only.

Drawn by pygal; here are the choice of chart, its look in light and dark, and the text that stands
for it. A picture runs no script, asks the network for nothing and carries no style attribute, so
a page that shows it inline can forbid all of these.
"""

import base64
import sys
from typing import Any
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from provider_assets.providers.codes import TERMINATED
from provider_assets.providers.registry_codes import REGISTRY_FINDINGS
from provider_assets.providers.roster import RosterOutcome
from provider_assets.reports.reasons import is_duplicate, words_for
from provider_assets.reports.summary import number, ranked

# pygal hooks itself into every later import, to find map plugins that are not used here
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__name__ != "PluginImportFixer"]

MOST_REASONS = 8
_WIDTH = 420  # narrow, so that its text can still be read on a phone
_FONT = "system-ui, sans-serif"
# Okabe and Ito's colours, which colour-blind readers tell apart; darker on white, lighter on black
PICTURE_CSS = """
.picture { --ink: #1d2733; --faint: #d5dbe3; --paper: #fff;
  --good: #0072b2; --wrong: #d55e00; --twice: #8f6b9e; }
@media (prefers-color-scheme: dark) {
  .picture { --ink: #e6ebf2; --faint: #3b4756; --paper: #161d26;
    --good: #56b4e9; --wrong: #f08a3c; --twice: #c9a5d6; } }
@media print { .picture { --ink: #000; --faint: #ccc; --paper: #fff;
  --good: #0072b2; --wrong: #d55e00; --twice: #8f6b9e; } }
.picture text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.picture .plot_title { font-weight: 600; font-size: 15px; text-anchor: middle; }
.picture .graph .background { fill: var(--paper); }
.picture .graph .plot .background { fill: none; }
.picture .axis.x text { text-anchor: middle; font-size: 11px; }
.picture .axis.y text { text-anchor: end; }
.picture .value { text-anchor: start; font-weight: 600; }
.picture .guide, .picture .axis .line { stroke: var(--faint); fill: none; }
.picture .axis.y .line { stroke: none; }
.picture .color-0 { fill: var(--good); }
.picture .color-1 { fill: var(--wrong); }
.picture .color-2 { fill: var(--twice); }
.picture.reasons .color-0 { fill: var(--wrong); }
.picture .legend text { text-anchor: start; }
.picture .color-3 { fill: var(--faint); }
.picture.lines .color-0 { stroke: var(--good); }
.picture.lines .color-1 { stroke: var(--wrong); }
.picture.lines .color-2 { stroke: var(--twice); }
.picture.lines .line { fill: none; stroke-width: 2; }
.picture .color-4 { fill: var(--faint); }
.picture.reasons .color-1 { fill: var(--twice); }
.picture.reasons .color-2 { fill: var(--faint); }
""".strip()
_REGISTRY_CODES = frozenset(finding.code for finding in REGISTRY_FINDINGS)
_PASSED = {"valid": "Would load", "failed": "Passed, not loaded"}


def outcomes_svg(outcome: RosterOutcome) -> str:
    """One bar: how many rows loaded, need a correction, are duplicates, and so on."""
    rows, out = outcome.rows, outcome.departures.kept_out
    parts = (
        (_PASSED.get(outcome.status, "Loaded"), rows.clean - out),
        ("Need a correction", rows.wrong),
        ("Duplicates", rows.duplicate),
        *([("Have left", rows.left)] if rows.left else []),
        *([("Kept out by a newer roster", out)] if out else []),
    )
    chart = pygal.HorizontalStackedBar(
        chart_config(160),
        show_x_labels=False,
        show_y_labels=False,
        legend_at_bottom=True,
        legend_at_bottom_columns=1,
        truncate_legend=-1,
    )
    for name, count in parts:
        chart.add(f"{name}: {number(count)}", [count])
    told = ", ".join(f"{name.lower()}: {number(count)}" for name, count in parts)
    return render_chart(chart, "outcomes", "What became of the rows", told)


def reasons_svg(outcome: RosterOutcome) -> str:
    """A bar a code, the most frequent on top: how many rows did not load because of it."""
    counted = ranked(outcome.reasons)[:MOST_REASONS]
    more = len(outcome.reasons) - len(counted)
    chart = pygal.HorizontalStackedBar(
        chart_config(60 + 34 * max(1, len(counted))),
        show_legend=False,
        show_x_labels=False,
        print_values=True,
        print_zeroes=False,
        print_values_position="top",
        margin_right=60,
    )
    lowest_first = list(reversed(counted))
    chart.x_labels = [code for code, _ in lowest_first]
    for wanted in ("wrong", "twice", "left"):  # a series each, so that outcomes keep their colours
        chart.add("", [count if _outcome(c) == wanted else 0 for c, count in lowest_first])
    told = " ".join(f"{words_for(code).sentence} {number(count)}." for code, count in counted)
    return render_chart(chart, "reasons", _title(more), told or "Every row loaded.")


def _outcome(code: str) -> str:
    """What a row with this code is, as the picture of the rows has it."""
    if code == TERMINATED:
        return "left"
    return "twice" if is_duplicate(code) else "wrong"


def _title(more: int) -> str:
    """The picture's title, with how many codes it leaves out: the table below has them all."""
    return "Why rows did not load" + (f" (and {more} more below)" if more else "")


def registry_svg(outcome: RosterOutcome) -> str:
    """A bar a finding of the public registry, and one for the rows that it confirms."""
    asked = outcome.registry
    found = ranked({c: n for c, n in outcome.warnings.items() if c in _REGISTRY_CODES})
    chart = pygal.HorizontalStackedBar(
        chart_config(60 + 34 * (len(found) + 1)),
        show_legend=False,
        show_x_labels=False,
        print_values=True,
        print_zeroes=False,
        print_values_position="top",
        margin_right=60,
    )
    confirmed = asked.confirmed if asked is not None else None
    lowest_first = [*reversed(found), *([] if confirmed is None else [("confirmed", confirmed)])]
    chart.x_labels = [code for code, _ in lowest_first]
    for wanted in (True, False):  # two series, so that what is confirmed has a colour of its own
        chart.add("", [n if (code == "confirmed") is wanted else 0 for code, n in lowest_first])
    told = ", ".join(f"{code}: {number(count)}" for code, count in reversed(lowest_first))
    return render_chart(chart, "registry", "What the registry says", told or "nothing")


def data_uri(svg: str) -> str:
    """The picture as an address that holds it, for an `<img>` or Markdown."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def chart_config(height: int) -> pygal.Config:
    """What every picture has in common; `height` in the units of the width, which is 420."""
    return pygal.Config(
        js=[],
        css=[],
        style=Style(
            font_family=_FONT,
            label_font_size=12,
            major_label_font_size=12,
            value_font_size=13,
            title_font_size=15,
            legend_font_size=13,
        ),
        width=_WIDTH,
        height=height,
        margin=8,
        spacing=8,
        no_prefix=True,
        disable_xml_declaration=True,
        value_formatter=lambda count: number(int(count)),
    )


def render_chart(chart: pygal.Graph, name: str, title: str, told: str) -> str:
    """The chart as SVG of class `name`; `told` is read out where it cannot be seen."""
    chart.title = title or None
    alternative = f"{title}: {told}" if title else told
    chart.add_xml_filter(lambda root: _cleaned(root, name, alternative))
    text: str = chart.render(is_unicode=True)
    return text


def _cleaned(root: Element, name: str, told: str) -> Element:
    """Without pygal's scripts, styles, tooltips and comments; with our style and a text for it."""
    definitions = _one(root, "defs")
    definitions.clear()
    style = definitions.makeelement("style", {})
    style.text = PICTURE_CSS
    definitions.append(style)
    _one(root, "title").text = told
    root.attrib.pop("id", None)
    root.attrib.update({"class": f"picture {name}", "role": "img", "aria-label": told})
    _prune(root)
    return root


def _prune(parent: Element) -> None:
    for child in list(parent):
        comment: Any = child.tag
        classes = str(child.get("class", "")).split()
        if not isinstance(comment, str) or child.tag == "desc" or "tooltip-overlay" in classes:
            parent.remove(child)
            continue
        child.attrib.pop("id", None)
        _prune(child)


def _one(root: Element, tag: str) -> Element:
    return next(child for child in root if child.tag == tag)
