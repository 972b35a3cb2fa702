"""Where LibreOffice is, which converts what no reader opens."""

import shutil
from pathlib import Path

PLACES = "/usr/bin:/usr/local/bin:/opt/libreoffice/program:/snap/bin"


def find_office() -> Path | None:
    """Its program, in the places where it is usually put; None where it is in none of them."""
    found = shutil.which("soffice", path=PLACES)
    return Path(found) if found else None
