"""A reject workbook that came back: its report and that of the roster lead to each other.

The earlier report was written long ago, from frames that may be gone; so a line is put into the
page as it stands, below its heading.
"""

from html import escape
from pathlib import Path
from urllib.parse import quote

from provider_assets.moments import local_day
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox.port import REPORTS
from provider_assets.reports.files import written_aside
from provider_assets.reports.names import claimed_name

MARK = "<!-- corrections -->\n"


def link_reports(drop_folder: Path, page: Path, mended: ImportRecord, file: str) -> list[Path]:
    """Link the report at `page` and that of the import that it mends; the pages that changed.

    `file` is what the roster of `page` was called. Where the earlier report is gone, or is one of
    before there were such links, nothing is.
    """
    folder = drop_folder / REPORTS
    name = claimed_name(folder, mended.roster, local_day(mended.started))
    earlier = folder / f"{name}.html"
    if name is None or not earlier.is_file() or earlier == page:
        return []
    back = f"Rows that did not load were sent again, corrected: {_link(page, file)}."
    to = f"It corrects rows of import {mended.id}: {_link(earlier, mended.file)}."
    return [each for each, line in ((earlier, back), (page, to)) if _put(each, line)]


def _link(page: Path, file: str) -> str:
    return f'<a href="{quote(page.name)}"><bdi>{escape(shown(file))}</bdi></a>'


def _put(page: Path, line: str) -> bool:
    """Put the line where its place is, once; whether the page changed."""
    text = page.read_text(encoding="utf-8")
    told = f'<p class="soft">{line}</p>\n'
    if MARK not in text or told in text:
        return False
    with written_aside(page) as aside:
        aside.write_text(text.replace(MARK, MARK + told, 1), encoding="utf-8")
    return True
