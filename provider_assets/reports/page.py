"""The report of one roster: one HTML file that asks the network for nothing.

What stands on it and in which words; how it looks is in `templates/`. Every value is escaped.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd

from provider_assets.providers.roster import RosterOutcome
from provider_assets.reports.reasons import list_rejects
from provider_assets.reports.summary import sentence


@cache
def templates() -> jinja2.Environment:
    """The package's templates, with every value escaped and an unknown name an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(files("provider_assets.reports") / "templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def report_page(
    outcome: RosterOutcome,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    kept: pd.Series,
    written: Sequence[Path],
    shown: int,
) -> str:
    """The page as HTML. `written` are the roster's other files, `shown` the rejects to list."""
    return (
        templates()
        .get_template("report.html.j2")
        .render(
            outcome=outcome,
            sentence=sentence(outcome),
            rejects=list_rejects(invalid, duplicates, shown),
        )
    )
