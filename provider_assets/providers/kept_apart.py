"""Sheets that are kept for the record: what their names say. Pure, for the reader's child process.

An order (`Do not load`) is followed: the rows are left out. A mere name (`Archive`, `Old`) may be
that of a place (`Old Town Clinic`), so that such rows load, and a note says so.
"""

import re
from itertools import pairwise
from typing import Literal

from provider_assets.providers.words import word_set, words

_ORDER = re.compile(
    r"\b(?:do not|don.?t|not to be|not for) "
    r"(?:load|use|used|import|imported|loaded|send|sent|submit|upload|process|read|loading)\b"
    r"|\bignore\b"
)
_RECORD = word_set(
    "old archive archived archives backup backups bak obsolete superseded outdated previous prior "
    "unused history historical deprecated"
)


def judge_use(name: str) -> Literal["out", "record"] | None:
    """Whether a sheet by its name is not to be loaded, or is kept for the record."""
    found = words(name)
    text = re.sub(r"\s+", " ", re.sub(r"[_\-]+", " ", name)).lower()
    if _ORDER.search(" ".join(found)) or _ORDER.search(text):
        return "out"
    is_backup = any(pair == ("back", "up") for pair in pairwise(found))
    return "record" if is_backup or not _RECORD.isdisjoint(found) else None
