"""OpenDocument spreadsheets."""

from pathlib import Path

from provider_assets.reading.child.content import Content
from provider_assets.reading.child.reader import Reader
from provider_assets.reading.child.readers.quick import open_workbook
from provider_assets.reading.child.refusal import refuse_encrypted
from provider_assets.reading.limits import ReadingLimits


def _recognises(content: Content) -> bool:
    mimetype = content.part("mimetype")
    is_it = mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    if is_it and b"encryption-data" in content.part("META-INF/manifest.xml"):
        refuse_encrypted()
    return is_it


def _extent(path: Path, limits: ReadingLimits) -> int:
    del path
    return limits.cells  # its parser counts what a row or cell is repeated, and stops


READER = Reader("ods content", ("ods",), _recognises, open_workbook, _extent)
