"""The trend: one page over all imports, read from the history and never from the frames."""

from collections.abc import Sequence
from pathlib import Path

from provider_assets.providers.imports import ImportRecord
from provider_assets.reports.files import written_aside
from provider_assets.reports.page import templates

NEWEST = 500


def write_index(
    reports_folder: Path, imports: Sequence[ImportRecord], newest: int = NEWEST
) -> Path:
    """Write `index.html` over the newest imports (in any order given)."""
    reports_folder.mkdir(parents=True, exist_ok=True)
    shown = sorted(imports, key=lambda record: record.id, reverse=True)[:newest]
    page = templates().get_template("index.html.j2").render(imports=shown)
    path = reports_folder / "index.html"
    with written_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")
    return path
